import { sampleActivity } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  activityLogged,
  ErasureId,
  ErasureMode,
  erasureRequested,
  eventContent,
  eventTypes,
  headersOfEvent,
  isDomainError,
  ProjectId,
  textOfEvent,
  Timestamp,
  unlessBroken,
  UserErasure,
  UserId,
  userOf,
  type Violation,
} from '../src/index.ts';

const valid = { id: 'erasure-1', userId: 'ann', mode: 'erase', requestedAt: '2026-01-02T03:04:05.678Z' };

function violationsOf(json: unknown): readonly Violation[] {
  try {
    UserErasure.parse(json);
    return [];
  } catch (error) {
    if (!isDomainError(error, 'INVALID_ACTIVITY')) throw error;
    return error.violations;
  }
}

const anyUser = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 40 })
  .map((text) => unlessBroken(() => UserId.parse(text)))
  .filter((userId) => userId !== undefined);

const anyErasure: fc.Arbitrary<UserErasure> = fc.record({
  id: fc.stringMatching(/^[A-Za-z0-9-]{1,64}$/).map((text) => ErasureId.parse(text)),
  project: fc.constantFrom('default', 'a', '0-9', 'p'.repeat(64)).map((text) => ProjectId.parse(text)),
  userId: anyUser,
  mode: fc.constantFrom(...ErasureMode.all),
  requestedAt: fc
    .integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') })
    .map((millis) => Timestamp.fromMillis(millis)),
});

describe('the JSON of an erasure', () => {
  test('is parsed to the same erasure', () => {
    fc.assert(
      fc.property(anyErasure, (erasure) => {
        expect(UserErasure.parse(JSON.parse(UserErasure.toText(erasure)))).toEqual(erasure);
      }),
    );
  });

  test('names the project unless it is "default"', () => {
    const erasure = UserErasure.parse({ ...valid, project: 'shop' });
    expect(JSON.parse(UserErasure.toText(erasure))).toEqual({ ...valid, project: 'shop' });
    expect(JSON.parse(UserErasure.toText({ ...erasure, project: ProjectId.default }))).toEqual(valid);
  });

  test('may have unknown members, which are dropped', () => {
    expect(UserErasure.parse({ ...valid, place: 7 })).toEqual(UserErasure.parse(valid));
  });

  test.each<[string, object, string]>([
    [
      'project',
      { project: 'Shop' },
      'must be 1-64 characters of a-z, 0-9 and "-", and must not begin with "-"',
    ],
    ['id', { id: 'a b' }, 'must be 1-64 characters of A-Z, a-z, 0-9 and "-"'],
    ['id', { id: 'x'.repeat(65) }, 'must be 1-64 characters of A-Z, a-z, 0-9 and "-"'],
    ['id', { id: undefined }, 'must be 1-64 characters of A-Z, a-z, 0-9 and "-"'],
    ['userId', { userId: undefined }, 'is required'],
    ['mode', { mode: 'forget' }, 'must be one of erase, anonymise'],
    ['mode', { mode: undefined }, 'must be one of erase, anonymise'],
    ['requestedAt', { requestedAt: 0 }, 'must be an RFC 3339 date-time such as 2026-11-24T08:30:00Z'],
  ])('is refused for its %s', (name, change, message) => {
    expect(violationsOf({ ...valid, ...change })).toEqual([{ path: `/${name}`, message }]);
  });

  test('is refused with every violation', () => {
    const paths = (json: unknown) => violationsOf(json).map(({ path }) => path);
    expect(paths({ project: '' })).toEqual(['/project', '/id', '/userId', '/mode', '/requestedAt']);
    for (const json of [null, 7, 'text', [valid]])
      expect(paths(json)).toEqual(['', '/id', '/userId', '/mode', '/requestedAt']);
  });

  test("is refused if it names the service's own project, so that no record can erase audit events", () => {
    const json = { ...valid, project: ProjectId.system, userId: 'root' };
    expect(violationsOf(json).map(({ path }) => path)).toEqual(['/project']);
  });
});

describe('a requested erasure on the log', () => {
  const event = erasureRequested(UserErasure.parse({ ...valid, project: 'shop' }));

  test('is read back from its text and headers', () => {
    fc.assert(
      fc.property(anyErasure.map(erasureRequested), (each) => {
        expect(eventContent(textOfEvent(each), headersOfEvent(each))).toEqual(each);
      }),
    );
  });

  test('has its user as key and its type in a header', () => {
    expect(userOf(event)).toBe('ann');
    const headers = headersOfEvent(event);
    expect(Object.keys(headers)).toEqual(['ce_type']);
    const [type] = headers['ce_type'] ?? [];
    expect(new TextDecoder().decode(type)).toBe(eventTypes.ErasureRequested);
  });

  test('is distinguished from an activity by its headers only', () => {
    expect(eventContent(textOfEvent(event), {})).toMatchObject({ name: 'Unreadable', project: 'shop' });
    const activity = activityLogged(sampleActivity());
    expect(headersOfEvent(activity)).toEqual({});
    expect(eventContent(textOfEvent(activity), headersOfEvent(activity))).toEqual(activity);
    expect(eventContent(textOfEvent(activity), headersOfEvent(event))).toMatchObject({ name: 'Unreadable' });
  });

  test.each(['user-activity.logged.v1', 'user-activity.erasure-requested.v1 ', ''])(
    'is not recognised by the type %j, which is not exactly its type',
    (type) => {
      const headers = { ce_type: [new TextEncoder().encode(type)] };
      expect(eventContent(textOfEvent(event), headers)).toMatchObject({ name: 'Unreadable' });
    },
  );

  test('is unreadable if it breaks a rule, with a reason that quotes no value', () => {
    const text = JSON.stringify({ ...valid, project: 'shop', userId: 'secret\0', mode: 'secret' });
    const content = eventContent(text, headersOfEvent(event));
    expect(content).toEqual({
      name: 'Unreadable',
      project: 'shop',
      reason: '/userId must not contain control characters; /mode must be one of erase, anonymise',
    });
    expect(eventContent('{', headersOfEvent(event))).toMatchObject({ reason: 'the value is not JSON' });
  });
});

describe('an anonymised activity', () => {
  const activity = sampleActivity({ project: ProjectId.parse('shop'), metadata: { name: 'Ann' } });
  const replacement = UserId.parse('anon_1');

  test('keeps everything but its user and its metadata', () => {
    const { userId: _user, metadata: _metadata, ...kept } = activity.toJSON();
    const anonymised = activity.anonymised(replacement).toJSON();
    expect(anonymised).toEqual({ ...kept, userId: 'anon_1', metadata: {} });
    expect(activity.userId).toBe('user-1');
  });

  test('is the same fact when it is anonymised again, but a different fact from the original', () => {
    const anonymised = activity.anonymised(replacement);
    expect(anonymised.compare(activity.anonymised(replacement))).toBe('redelivered');
    expect(anonymised.compare(activity)).toBe('conflict');
    expect(anonymised.anonymised(replacement)).toEqual(anonymised);
  });
});
