import {
  type ActivityLogged,
  activityLogged,
  defaultRecordingRules,
  maxMetadataBytes,
  ProjectId,
  replayed,
  Timestamp,
  UserActivity,
} from '@user-activity/domain';
import { anyActivity, anyErasure } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventMessage, readMessage } from '../src/index.ts';
import { violationsBy9c81301 } from './frozen/consumer-9c81301.ts';
import { typeFaultBy3b5ea24b } from './frozen/reader-3b5ea24b.ts';

// In an upgrade, consumers come first and then APIs. See "Upgrade" in README.md.

const recorded = (
  draft: object,
  rules = defaultRecordingRules,
  project = ProjectId.default,
): ActivityLogged =>
  activityLogged(
    UserActivity.record(
      { project },
      { userId: 'u', type: 'T', ...draft },
      {
        clock: { now: () => Timestamp.fromMillis(0) },
        ids: { next: () => 'id' as never, sha256: () => expect.unreachable() },
        rules,
      },
    ),
  );
const valueOf = (event: ActivityLogged): string => eventMessage(event, { source: '/s' }).value;

const isInDefault = ({ project }: UserActivity): boolean => project === ProjectId.default;

const utf8 = new TextEncoder();
const readNow = (value: string) =>
  readMessage({ value: utf8.encode(value), headers: { ce_type: [utf8.encode('user-activity.logged.v1')] } });

test('the consumer of 9c81301 reads records that both versions allow', () => {
  fc.assert(
    fc.property(anyActivity.filter(isInDefault), (activity) => {
      expect(violationsBy9c81301(valueOf(activityLogged(activity)))).toEqual([]);
    }),
  );
});

describe('a record of this version is a dead letter to the consumer of 9c81301, and is stored by one of this version', () => {
  const alphabet = 'must consist of letters, marks, digits and _ . : / (white space and - become _)';
  const large = { ...defaultRecordingRules, maxMetadataBytes };
  test.each<[string, ActivityLogged, string]>([
    ['a name with brackets', recorded({ type: 'Order (paid)' }), `/type ${alphabet}`],
    ['a name of 129 characters', recorded({ type: 'x'.repeat(129) }), '/type must be 1-128 characters'],
    [
      'metadata of 32 KiB',
      recorded({ metadata: { a: 'x'.repeat(32_760) } }),
      '/metadata must be at most 16384 bytes as UTF-8 of its JSON',
    ],
    [
      'metadata of 256 KiB',
      recorded({ metadata: { a: 'x'.repeat(262_136) } }, large),
      '/metadata must be at most 16384 bytes as UTF-8 of its JSON',
    ],
  ])('%s', (_, event, violation) => {
    expect(violationsBy9c81301(valueOf(event))).toEqual([violation]);
    expect(readNow(valueOf(event))).toEqual(event);
  });
});

test('a record of a version without projects belongs to default, and a record of default is the same as that version would write', () => {
  const event = recorded({ id: 'a' });
  const value =
    '{"id":"a","userId":"u","type":"T","metadata":{},"createdAt":"1970-01-01T00:00:00.000Z","receivedAt":"1970-01-01T00:00:00.000Z"}';
  expect(event.activity.project).toBe('default');
  expect(readNow(value)).toEqual(event);
  expect(valueOf(event)).toBe(value);
  expect(eventMessage(event, { source: '/s' }).headers).not.toHaveProperty('ce_project');
});

test('a record of another project is a dead letter to the consumer of 9c81301', () => {
  const event = recorded({}, defaultRecordingRules, ProjectId.parse('shop'));
  expect(violationsBy9c81301(valueOf(event))).toEqual(['/project is not a known field']);
});

test('an erasure is a dead letter to the reader of 3b5ea24b, and its replay is read by one of this version', () => {
  const activity = eventMessage(recorded({}), { source: '/s' });
  expect(typeFaultBy3b5ea24b(activity.headers['ce_type'])).toBeUndefined();
  fc.assert(
    fc.property(anyErasure, (event) => {
      const { key, value, headers } = eventMessage(event, { source: '/s' });
      expect(typeFaultBy3b5ea24b(headers['ce_type'])).toBe('its ce_type is unknown');
      const bytes = Object.entries(headers).map(([name, text]) => [name, [utf8.encode(text)]] as const);
      const record = { key: utf8.encode(key), value: utf8.encode(value), headers: Object.fromEntries(bytes) };
      const origin = { topic: 'user-activity', partition: 0, offset: 5 };
      expect(readMessage(replayed({ origin, ...record }))).toEqual(event);
    }),
  );
});

test('a reader that ignores the type finds no activity in an erasure', () => {
  fc.assert(
    fc.property(anyErasure, (event) => {
      const { value } = eventMessage(event, { source: '/s' });
      expect(violationsBy9c81301(value)).toContain('/requestedAt is not a known field');
      expect(readNow(value)).toMatchObject({ name: 'Unreadable' });
    }),
  );
});

test('only this version reads unknown members and ids that are reserved words', () => {
  const event = recorded({ id: 'a' });
  const later = JSON.stringify({ ...event.activity.toJSON(), id: 'count', later: 'x' });
  expect(violationsBy9c81301(later)).toEqual([
    '/later is not a known field',
    '/id must not be one of the reserved words count, stats, export, stream, batch',
  ]);
  expect(readNow(later)).toMatchObject({ name: 'ActivityLogged', activity: { id: 'count' } });
});

test('every type of activity that 9c81301 wrote is read unchanged', () => {
  const allowed = /[\p{L}\p{M}\p{Nd}_.:/]/u;
  const wasCanonical = (type: string) => type === type.normalize('NFC').toUpperCase().normalize('NFC');
  const changed: string[] = [];
  for (let point = 0; point < 0x11_0000; point += 1) {
    const type = `A${String.fromCodePoint(point)}`;
    if (!allowed.test(type.slice(1)) || !wasCanonical(type)) continue;
    const content = readNow(JSON.stringify({ ...recorded({}).activity.toJSON(), type }));
    if (content.name !== 'ActivityLogged' || content.activity.type !== type) changed.push(type);
  }
  expect(changed).toEqual([]);
});
