import {
  ActivityId,
  activityLogged,
  ActivityType,
  erasureRequested,
  type Origin,
  partitionOf,
  ProjectId,
  type RawRecord,
  replayed,
  replayOf,
  UserActivity,
  UserId,
} from '@user-activity/domain';
import { anyActivity, anyErasure, sampleActivity, sampleErasure } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventMessage, readMessage } from '../src/index.ts';
import { eventOf, golden } from './golden.ts';
import { anyProject, inProject } from './projects.ts';

const utf8 = new TextEncoder();
const source = '/user-activity';

/** Returns the bytes of a message as the topic holds them. */
const bytesOf = ({ value, headers }: { value: string; headers: Readonly<Record<string, string>> }) => ({
  value: utf8.encode(value),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, [utf8.encode(text)]])),
});

/** Returns the values of headers as text, joined to one for each name. */
const textOf = (headers: RawRecord['headers']) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [
      name,
      values.map((value) => Buffer.from(value).toString()).join(),
    ]),
  );

test('any activity of any project is equal after writing and reading', () => {
  fc.assert(
    fc.property(anyActivity, anyProject, (activity, project) => {
      const event = activityLogged(inProject(activity, project));
      expect(readMessage(bytesOf(eventMessage(event, { source })))).toEqual(event);
    }),
  );
});

test('any erasure is equal after writing and reading', () => {
  fc.assert(
    fc.property(anyErasure, (event) => {
      expect(readMessage(bytesOf(eventMessage(event, { source })))).toEqual(event);
    }),
  );
});

test('the value of any erasure is its JSON, and its headers are in order', () => {
  fc.assert(
    fc.property(anyErasure, ({ erasure }) => {
      const { id, project, userId, mode } = erasure;
      const requestedAt = new Date(erasure.requestedAt).toISOString();
      const named = project === 'default' ? {} : { project };
      const message = eventMessage(erasureRequested(erasure), { source });
      expect(message.value).toBe(JSON.stringify({ ...named, id, userId, mode, requestedAt }));
      expect(message.key).toBe(userId);
      expect(message.timestamp).toBe(erasure.requestedAt);
      expect(Object.entries(message.headers)).toEqual(
        Object.entries({
          ce_specversion: '1.0',
          ce_id: id,
          ce_type: 'user-activity.erasure-requested.v1',
          ce_source: source,
          ce_time: requestedAt,
          ce_subject: userId,
          ...(project === 'default' ? {} : { ce_project: project }),
          'content-type': 'application/json',
        }),
      );
    }),
  );
});

describe.each(golden)('the golden message $name', (one) => {
  const { context, message, partitionOf12, replayOf: origin } = one;
  const event = eventOf(one);
  test('is the bytes that the encoder writes', () => {
    const written = eventMessage(event, context);
    const { timestamp: _itsOwn, ...unchanged } = written;
    const { headers } = bytesOf(written);
    const replay = (of: Origin) => textOf(replayed({ origin: of, key: null, value: null, headers }).headers);
    const expected = origin === undefined ? written : { ...unchanged, headers: replay(origin) };
    expect(message).toEqual(expected);
  });

  test('has the origin of the original record if it is a replay', () => {
    const { headers } = bytesOf(message);
    expect(replayOf(headers, 'user-activity')).toEqual(origin);
  });

  test('is decoded to its event', () => {
    expect(readMessage(bytesOf(message))).toEqual(event);
  });

  test('is on the partition of its key', () => {
    expect(partitionOf(utf8.encode(message.key), 12)).toBe(partitionOf12);
  });
});

test('the value of any activity is the JSON that JSON.stringify writes, and its headers are in order', () => {
  const publicId = `pk.${'a'.repeat(43)}`;
  const ids = fc.oneof(
    fc.constantFrom('a"\\', publicId, `${publicId}b`, 'pk.'),
    fc.stringMatching(/^[!-~]{1,9}$/),
  );
  const texts = fc.constantFrom('u', 'ünï "quoted" \\ \u2028 😀', '\ud800', '\u0001');
  fc.assert(
    fc.property(
      anyActivity,
      ids,
      texts,
      fc.option(fc.constant('00-ab'), { nil: undefined }),
      (sample, id, text, traceparent) => {
        const activity = UserActivity.rehydrate({
          project: sample.project,
          metadata: sample.metadata,
          createdAt: sample.createdAt,
          receivedAt: sample.receivedAt,
          id: ActivityId.trusted(id),
          userId: UserId.trusted(text),
          type: ActivityType.trusted(text),
        });
        const { project, metadata } = sample;
        const createdAt = new Date(sample.createdAt).toISOString();
        const named = project === 'default' ? {} : { project };
        const shown = {
          ...named,
          id,
          userId: text,
          type: text,
          metadata,
          createdAt,
          receivedAt: new Date(sample.receivedAt).toISOString(),
          ...(id === publicId ? { source: 'public' } : {}),
        };
        const context = traceparent === undefined ? { source } : { source, traceparent };
        const message = eventMessage(activityLogged(activity), context);
        expect(message.value).toBe(JSON.stringify(shown));
        expect(message.value).toBe(JSON.stringify(activity));
        expect(Object.entries(message.headers)).toEqual(
          Object.entries({
            ce_specversion: '1.0',
            ce_id: id,
            ce_type: 'user-activity.logged.v1',
            ce_source: source,
            ce_time: createdAt,
            ce_subject: text,
            ...(project === 'default' ? {} : { ce_project: project }),
            'content-type': 'application/json',
            ...(traceparent === undefined ? {} : { traceparent }),
          }),
        );
      },
    ),
  );
});

test("the record's timestamp is the time at which the activity was received, not the time at which it happened", () => {
  const activity = sampleActivity({ createdAt: '1999-01-01T00:00:00Z', receivedAt: '2026-01-01T00:00:00Z' });
  expect(eventMessage(activityLogged(activity), { source }).timestamp).toBe(Date.UTC(2026, 0, 1));
});

describe('a record is unreadable, with the reason:', () => {
  const whole = bytesOf(eventMessage(activityLogged(sampleActivity()), { source }));
  const { ce_type: _type, ...untyped } = whole.headers;

  test.each([
    ['no ce_type', { ...whole, headers: untyped }, 'the record has no ce_type header'],
    [
      'a name of Object',
      { ...whole, headers: Object.create({ ce_type: [utf8.encode('x')] }) as object },
      'the record has no ce_type header',
    ],
    [
      'another type',
      { ...whole, headers: { ce_type: [utf8.encode('order.placed.v1')] } },
      'the ce_type is unknown',
    ],
    [
      'a type that is no text',
      { ...whole, headers: { ce_type: [Uint8Array.of(0xff)] } },
      'the record has no ce_type header',
    ],
    ['no value', { ...whole, value: null }, 'the record has no value'],
    [
      'a value of more than 1 MiB, though it is an activity',
      { ...whole, value: Buffer.concat([whole.value, Buffer.alloc(1024 * 1024, ' ')]) },
      `the value has ${1024 * 1024 + whole.value.length} bytes; the limit is 1048576`,
    ],
    [
      'a type of more than 1 KiB, though its bytes are no text',
      { ...whole, headers: { ce_type: [Buffer.alloc(1025, 0xff)] } },
      'the ce_type is unknown',
    ],
    ['no UTF-8', { ...whole, value: Uint8Array.of(0x22, 0xff, 0x22) }, 'the value is not UTF-8'],
    ['no JSON', { ...whole, value: utf8.encode('{') }, 'the value is not JSON'],
    ['a broken rule', { ...whole, value: utf8.encode('[]') }, 'must be a JSON object'],
  ])('%s', (_, record, reason) => {
    const unreadable = { name: 'Unreadable', project: ProjectId.default, reason };
    expect(readMessage(record as typeof whole)).toEqual(unreadable);
  });
});

describe('an erasure is unreadable, with the reason:', () => {
  const whole = bytesOf(eventMessage(sampleErasure(), { source }));
  const { erasure } = sampleErasure();
  const json = { ...erasure, project: undefined, requestedAt: '2026-01-02T03:04:05.678Z' };
  const holding = (change: object) => ({
    ...whole,
    value: utf8.encode(JSON.stringify({ ...json, ...change })),
  });

  test('none if nothing is changed', () => {
    expect(readMessage(holding({ later: 'an unknown member' }))).toEqual(sampleErasure());
  });

  test.each<[string, object, string]>([
    ['no id', { id: undefined }, '/id must be 1-64 characters of A-Z, a-z, 0-9 and "-"'],
    [
      'an id of 65 characters',
      { id: 'x'.repeat(65) },
      '/id must be 1-64 characters of A-Z, a-z, 0-9 and "-"',
    ],
    ['no user', { userId: undefined }, '/userId'],
    ['an unknown mode', { mode: 'forget' }, '/mode must be one of erase, anonymise'],
    ['no time', { requestedAt: undefined }, '/requestedAt'],
  ])('%s', (_, change, reason) => {
    const content = readMessage(holding(change));
    const expected = expect.stringContaining(reason) as string;
    expect(content).toEqual({ name: 'Unreadable', project: 'default', reason: expected });
  });

  test('its project is _system, so it would erase audit events', () => {
    const headers = { ...whole.headers, ce_project: [utf8.encode('_system')] };
    expect(readMessage({ ...holding({ project: '_system', userId: 'root' }), headers })).toMatchObject({
      name: 'Unreadable',
      project: '_system',
      reason: expect.stringContaining('/project must not begin with "_"') as string,
    });
  });

  test('its value is that of an activity', () => {
    const value = utf8.encode(sampleActivity().toText());
    expect(readMessage({ ...whole, value })).toMatchObject({ name: 'Unreadable' });
  });

  test('its project differs from that of its headers, so it belongs to _system', () => {
    expect(readMessage(holding({ project: 'shop' }))).toEqual({
      name: 'Unreadable',
      project: '_system',
      reason: 'the value and the headers name different projects',
    });
  });
});

test.each(['user-activity-unreadable-batch', 'user-activity-encoded-headers'])(
  'a replayed letter with the header %s is unreadable, and belongs to _system',
  (header) => {
    const headers = { ce_project: [utf8.encode('shop')], [header]: [utf8.encode('5-9')] };
    expect(readMessage({ value: utf8.encode('{}'), headers })).toMatchObject({
      name: 'Unreadable',
      project: '_system',
    });
  },
);
