import { expect, test } from 'vitest';
import { findErasureFaults, type ErasureEvidence } from '../src/check/find-erasure-faults.ts';
import type { ViolationKind } from '../src/check/violation.ts';
import type { ErasedUser } from '../src/load/eraser.ts';
import { activityOf, draftOf } from './evidence.ts';

const erasedUser: ErasedUser = {
  userId: 'user-1',
  mode: 'erase',
  erasureId: 'erasure-1',
  before: [draftOf('b1')],
  after: [draftOf('a1')],
};
const anonymisedUser: ErasedUser = {
  userId: 'user-2',
  mode: 'anonymise',
  erasureId: 'erasure-2',
  before: [draftOf('b2', { userId: 'user-2' })],
  after: [draftOf('a2', { userId: 'user-2' })],
};
const anonymous = { ...activityOf(draftOf('b2', { userId: 'anon_x' }), 1), metadata: {} };

const sound: ErasureEvidence = {
  users: [erasedUser, anonymisedUser],
  done: new Set(['erasure-1', 'erasure-2']),
  stored: [activityOf(draftOf('a1'), 2), anonymous, activityOf(draftOf('a2', { userId: 'user-2' }), 2)],
  letterUsers: ['anon_x'],
};

test('an erased user and an anonymised user without remaining data are no violation', () => {
  expect(findErasureFaults(sound)).toEqual([]);
});

const without = (id: string) => sound.stored.filter((activity) => activity.id !== id);

test.each<readonly [how: string, kind: ViolationKind, subject: string, change: Partial<ErasureEvidence>]>([
  ['an erasure that is not done', 'stuck', 'erasure-2', { done: new Set(['erasure-1']) }],
  [
    'an activity that should have been erased',
    'kept',
    'b1',
    { stored: [...sound.stored, activityOf(draftOf('b1'), 1)] },
  ],
  [
    'an activity that should have been anonymised, but is no longer stored',
    'kept',
    'b2',
    { stored: without('b2') },
  ],
  [
    'an anonymised activity that kept its user',
    'kept',
    'b2',
    { stored: [...without('b2'), { ...anonymous, userId: 'user-2' }] },
  ],
  [
    'an anonymised activity that kept its metadata',
    'kept',
    'b2',
    { stored: [...without('b2'), { ...anonymous, metadata: { name: 'x' } }] },
  ],
  [
    'an activity that was logged after the erasure, but is not stored',
    'lost',
    'a1',
    { stored: without('a1') },
  ],
  [
    'an activity that was logged after the erasure, but is stored with other content',
    'changed',
    'a1',
    { stored: [...without('a1'), activityOf(draftOf('a1', { type: 'OTHER' }), 2)] },
  ],
  ['a dead letter that still names an erased user', 'kept', 'user-1', { letterUsers: ['user-1'] }],
  ['an activity that the API lists twice', 'doubled', 'b2', { stored: [...sound.stored, anonymous] }],
])('finds %s', (_, kind, subject, change) => {
  expect(findErasureFaults({ ...sound, ...change })).toContainEqual(
    expect.objectContaining({ kind, subject }),
  );
});
