import * as fc from 'fast-check';
import { FixedClock, SequentialIds } from '@user-activity/adapter-memory';
import { anyActivity, sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import {
  defaultRecordingRules,
  isDomainError,
  type JsonObject,
  parseJson,
  ProjectId,
  StoredActivity,
  UserActivity,
  type Violation,
} from '../src/index.ts';

const now = '2026-01-02T03:04:05.678Z';
const deps = () => ({ clock: new FixedClock(now), ids: new SequentialIds(), rules: defaultRecordingRules });

function faultsOf(attempt: () => unknown): readonly Violation[] {
  try {
    attempt();
    return [];
  } catch (error) {
    if (!isDomainError(error, 'INVALID_ACTIVITY')) throw error;
    return error.violations;
  }
}

const faultsOfDraft = (draft: unknown) =>
  faultsOf(() => UserActivity.record({ project: ProjectId.default }, draft, deps()));

describe('record', () => {
  test('fills in id and times', () => {
    expect(
      UserActivity.record(
        { project: ProjectId.default },
        { userId: ' 123 ', type: 'log in' },
        deps(),
      ).toJSON(),
    ).toEqual({
      id: 'id-000001',
      userId: '123',
      type: 'LOG_IN',
      metadata: {},
      createdAt: now,
      receivedAt: now,
    });
  });

  test('keeps the values of the client', () => {
    const draft = {
      id: 'mine',
      userId: 'u',
      type: 'T',
      metadata: { a: [1] },
      createdAt: '2020-01-01T01:00:00+01:00',
    };
    expect(UserActivity.record({ project: ProjectId.default }, draft, deps()).toJSON()).toEqual({
      ...draft,
      createdAt: '2020-01-01T00:00:00.000Z',
      receivedAt: now,
    });
  });

  test('lists all violations at once', () => {
    const draft = {
      id: '',
      userId: 7,
      type: ' ',
      metadata: [],
      createdAt: 'now',
      extra: 1,
      receivedAt: now,
    };
    expect(faultsOfDraft(draft).map(({ path }) => path)).toEqual([
      '/extra',
      '/receivedAt',
      '/id',
      '/userId',
      '/type',
      '/metadata',
      '/createdAt',
    ]);
  });

  test.each([null, 'text', 7, [], new Date(0)])('refuses %j, which is not an object', (draft) => {
    expect(faultsOfDraft(draft)).toEqual([{ path: '', message: 'must be a JSON object' }]);
  });

  test('treats null as absent in an optional member, and refuses it in any other', () => {
    const draft = { id: null, userId: 'u', type: 'T', metadata: null, createdAt: null };
    expect(UserActivity.record({ project: ProjectId.default }, draft, deps()).toJSON()).toEqual({
      id: 'id-000001',
      userId: 'u',
      type: 'T',
      metadata: {},
      createdAt: now,
      receivedAt: now,
    });
    const paths = faultsOfDraft({ userId: null, type: null }).map(({ path }) => path);
    expect(paths).toEqual(['/userId', '/type']);
  });

  test('refuses an id that the rules reserve', () => {
    const rules = { ...defaultRecordingRules, reservedIds: new Set(['count', 'stats']) };
    const record = (id: string) =>
      UserActivity.record(
        { project: ProjectId.default },
        { id, userId: 'u', type: 'T' },
        { ...deps(), rules },
      );
    expect(faultsOf(() => record('count'))).toEqual([
      { path: '/id', message: 'must not be one of the reserved words count, stats' },
    ]);
    expect(record('Count').id).toBe('Count');
    expect(UserActivity.parse(sampleActivity({ id: 'count' }).toJSON()).id).toBe('count');
  });

  test('refuses __proto__ as a field, which does not change any prototype', () => {
    const draft: unknown = JSON.parse('{"__proto__":{"userId":"x"},"userId":"u","type":"T"}');
    expect(faultsOfDraft(draft)).toEqual([{ path: '/__proto__', message: 'is not a known field' }]);
  });

  test.each([
    ['2026-01-02T03:09:05.678Z', []],
    [
      '2026-01-02T03:09:05.679Z',
      [{ path: '/createdAt', message: 'must not be more than 5 minutes ahead of the clock of the service' }],
    ],
  ])(
    'accepts a createdAt up to 5 minutes ahead of the clock, and refuses a later one: %s',
    (createdAt, faults) => {
      expect(faultsOfDraft({ userId: 'u', type: 'T', createdAt })).toEqual(faults);
    },
  );
});

describe('parse', () => {
  test('restores what toJSON wrote', () => {
    fc.assert(
      fc.property(anyActivity, (activity) => {
        expect(UserActivity.parse(parseJson(JSON.stringify(activity)))).toEqual(activity);
      }),
    );
  });

  test('accepts a time ahead of the clock, because the activity was accepted before', () => {
    const ahead = sampleActivity({ createdAt: '9999-01-01T00:00:00.000Z' });
    expect(UserActivity.parse(ahead.toJSON())).toEqual(ahead);
  });

  test('drops unknown members, which a newer version may have written', () => {
    const activity = sampleActivity({ metadata: { a: 1 } });
    const newer = { ...activity.toJSON(), source: 'x', ...(JSON.parse('{"__proto__":{"a":1}}') as object) };
    expect(UserActivity.parse(newer)).toEqual(activity);
    expect(UserActivity.parse(newer).toJSON()).toEqual(activity.toJSON());
  });

  test('accepts the largest metadata that a configuration can allow: 256 KiB and 64 levels', () => {
    const nested = (levels: number): JsonObject => (levels === 1 ? {} : { a: nested(levels - 1) });
    const parse = (metadata: JsonObject) => () => UserActivity.parse(sampleActivity({ metadata }).toJSON());
    expect(parse({ a: 'x'.repeat(262_136) })).not.toThrow();
    expect(faultsOf(parse({ a: 'x'.repeat(262_137) }))).toEqual([
      { path: '/metadata', message: 'must be at most 262144 bytes of JSON in UTF-8' },
    ]);
    expect(parse(nested(64))).not.toThrow();
    expect(faultsOf(parse(nested(65)))[0]?.message).toBe('must not be nested deeper than 64 levels');
  });

  test.each(['id', 'userId', 'type', 'metadata', 'createdAt', 'receivedAt'])(
    'refuses an activity without %s',
    (field) => {
      const { [field]: _left, ...json } = { ...sampleActivity().toJSON() } as Record<string, unknown>;
      expect(faultsOf(() => UserActivity.parse(json)).map(({ path }) => path)).toEqual([`/${field}`]);
    },
  );
});

describe('compare', () => {
  const first = sampleActivity({
    id: 'a',
    metadata: { a: 1, b: { c: [1, 2] } },
    createdAt: '2020-01-01T00:00:00Z',
  });
  const change = (fields: object) => UserActivity.parse({ ...first.toJSON(), ...fields });
  const later = '2026-02-02T00:00:00.000Z';

  test.each([
    ['the very same', {}, 'redelivered'],
    ['members in another order', { metadata: { b: { c: [1, 2] }, a: 1 } }, 'redelivered'],
    ['the same, received later', { receivedAt: later }, 'duplicate'],
    ['another user', { userId: 'v' }, 'conflict'],
    ['another type', { type: 'LOGOUT' }, 'conflict'],
    ['another time', { createdAt: '2020-01-01T00:00:00.001Z' }, 'conflict'],
    ['other metadata', { metadata: { a: 2, b: { c: [1, 2] } } }, 'conflict'],
    ['metadata with more', { metadata: { a: 1, b: { c: [1, 2] }, d: null } }, 'conflict'],
    ['an array in another order', { metadata: { a: 1, b: { c: [2, 1] } } }, 'conflict'],
    ['null in place of what was there', { metadata: { a: 1, b: null } }, 'conflict'],
  ])('%s', (_, fields, comparison) => expect(first.compare(change(fields))).toBe(comparison));

  test.each([
    ['only the second', { metadata: { ...first.metadata, original: { timestamp: 'x' } } }, 'redelivered'],
    ['both, each its own', { metadata: { ...first.metadata, original: 7 } }, 'redelivered'],
  ])('ignores the member original of metadata: %s has one', (_, fields, comparison) => {
    expect(first.compare(change(fields))).toBe(comparison);
    expect(change(fields).compare(first)).toBe(comparison);
    const kept = change({ metadata: { ...first.metadata, original: null } });
    expect(kept.compare(change(fields))).toBe(comparison);
    expect(kept.compare(change({ metadata: { a: 1, original: null } }))).toBe('conflict');
    expect(StoredActivity.of(kept).compare(change(fields))).toBe(comparison);
  });

  test('a member original deeper in the metadata is part of the fact', () => {
    const within = (original: number) => sampleActivity({ id: 'a', metadata: { a: { original } } });
    expect(within(1).compare(within(2))).toBe('conflict');
  });

  test('activities without a createdAt of the client are the same fact whenever they were received', () => {
    const undated = (at: string) => sampleActivity({ id: 'a', createdAt: at, receivedAt: at });
    const dated = (createdAt: string, receivedAt: string) =>
      sampleActivity({ id: 'a', createdAt, receivedAt });
    expect(undated(now).compare(undated(later))).toBe('duplicate');
    expect(undated(now).compare(dated(now, later))).toBe('duplicate');
    expect(undated(now).compare(dated('2020-01-01T00:00:00Z', later))).toBe('duplicate');
    expect(dated('2020-01-01T00:00:00Z', now).compare(undated(later))).toBe('duplicate');
    expect(StoredActivity.of(undated(now)).compare(dated(later, now))).toBe('duplicate');
    expect(dated('2020-01-01T00:00:00Z', now).compare(dated('2020-01-02T00:00:00Z', later))).toBe('conflict');
  });
});
