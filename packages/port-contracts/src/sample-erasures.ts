import {
  ErasureId,
  ErasureMode,
  type ErasureRequested,
  erasureRequested,
  ProjectId,
  Timestamp,
  type UserErasure,
  UserId,
} from '@user-activity/domain';
import * as fc from 'fast-check';
import { anyProject } from './arbitraries.ts';
import { sampleTime } from './samples.ts';

/** Makes a request to erase `user-1` of the project `default`. All other fields have defaults too. */
export const sampleErasure = (change: Partial<UserErasure> = {}): ErasureRequested =>
  erasureRequested({
    id: ErasureId.parse('erasure-1'),
    project: ProjectId.default,
    userId: UserId.parse('user-1'),
    mode: 'erase',
    requestedAt: Timestamp.fromMillis(sampleTime),
    ...change,
  });

const userIds = fc.oneof(
  fc.constantFrom('user-1', '😀'.repeat(256), 'Zoë "購" \\ 1', 'a\u{feff}b', '__proto__'),
  fc.stringMatching(/^[!-~]{3,20}$/),
);

/** Erasures of both modes, in several projects, of users whose names are difficult for codecs. */
export const anyErasure: fc.Arbitrary<ErasureRequested> = fc
  .record({
    id: fc.stringMatching(/^[A-Za-z0-9-]{1,64}$/).map((text) => ErasureId.parse(text)),
    project: anyProject,
    userId: userIds.map((text) => UserId.parse(text)),
    mode: fc.constantFrom(...ErasureMode.all),
    // Not in the future: Kafka refuses a record whose time is an hour ahead of the broker's.
    requestedAt: fc
      .integer({ min: sampleTime - 1e9, max: sampleTime })
      .map((millis) => Timestamp.fromMillis(millis)),
  })
  .map((erasure) => erasureRequested({ ...erasure }));
