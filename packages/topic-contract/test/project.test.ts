import {
  ActivityId,
  activityLogged,
  AuditEvent,
  ProjectId,
  type RawRecord,
  Timestamp,
} from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { eventMessage, readMessage } from '../src/index.ts';

const utf8 = new TextEncoder();
const source = '/user-activity';
const shop = ProjectId.parse('shop');
const json = sampleActivity({ id: 'a' }).toJSON();

/** Makes a record with the header `ce_project`, once for each value, and with the members in its value. */
function recordWith(names: readonly (string | Uint8Array)[], members: object = {}): RawRecord {
  return {
    key: null,
    value: utf8.encode(JSON.stringify({ ...json, ...members })),
    headers: {
      ce_type: [utf8.encode('user-activity.logged.v1')],
      ...(names.length === 0
        ? {}
        : { ce_project: names.map((name) => (typeof name === 'string' ? utf8.encode(name) : name)) }),
    },
  };
}

test('a record of any project but default names the project in a header and in its value', () => {
  const { headers, value } = eventMessage(activityLogged(sampleActivity({ project: shop })), { source });
  expect(headers['ce_project']).toBe('shop');
  expect(JSON.parse(value)).toMatchObject({ project: 'shop' });
});

test('a record of the project default has neither the header nor the member', () => {
  const { headers, value } = eventMessage(activityLogged(sampleActivity()), { source });
  expect(headers).not.toHaveProperty('ce_project');
  expect(JSON.parse(value)).not.toHaveProperty('project');
});

test.each<[string, RawRecord, string]>([
  ['neither header nor member', recordWith([]), 'default'],
  ['no header and the member null', recordWith([], { project: null }), 'default'],
  ['no header and the member default', recordWith([], { project: 'default' }), 'default'],
  ['the header default and no member', recordWith(['default']), 'default'],
  ['both', recordWith(['shop'], { project: 'shop' }), 'shop'],
  ['a name of 64 characters', recordWith(['x'.repeat(64)], { project: 'x'.repeat(64) }), 'x'.repeat(64)],
  ['a name of one digit', recordWith(['0'], { project: '0' }), '0'],
])('a record with %s is read', (_, record, project) => {
  expect(readMessage(record)).toMatchObject({ name: 'ActivityLogged', activity: { id: 'a', project } });
});

describe('a record is unreadable, and belongs to _system, if its header and its value disagree:', () => {
  test.each<[string, RawRecord]>([
    ['two names', recordWith(['shop'], { project: 'other' })],
    ['a header without a member', recordWith(['shop'])],
    ['a header with the member null', recordWith(['shop'], { project: null })],
    ['a header with the member default', recordWith(['shop'], { project: 'default' })],
    ['a member without a header', recordWith([], { project: 'shop' })],
    ['the header default', recordWith(['default'], { project: 'shop' })],
    ["the header of the service's own project", recordWith(['_system'], { project: 'shop' })],
    ["the header of the service's own project and no member", recordWith(['_system'])],
    ["the member of the service's own project", recordWith([], { project: '_system', userId: 'root' })],
    [
      'the member of the service, and another header',
      recordWith(['shop'], { project: '_system', userId: 'root' }),
    ],
  ])('%s', (_, record) => {
    expect(readMessage(record)).toEqual({
      name: 'Unreadable',
      project: '_system',
      reason: 'the value and the headers name different projects',
    });
  });
});

describe('a record is unreadable, and belongs to _system, if its headers do not have exactly one valid project:', () => {
  test.each<[string, readonly (string | Uint8Array)[]]>([
    ['the wrong case', ['Shop']],
    ['no characters', ['']],
    ['65 characters', ['x'.repeat(65)]],
    ['a million characters', ['x'.repeat(1_000_000)]],
    ['- at its beginning', ['-a']],
    ['_ at its beginning', ['_x']],
    ['a space', ['shop ']],
    ['a line break at its end', ['shop\n']],
    ['a byte order mark', ['\ufeffshop']],
    ['a letter beyond ASCII', ['é']],
    ['bytes that are not UTF-8', [Uint8Array.of(0x61, 0xff)]],
    ['two equal names', ['shop', 'shop']],
    ['two names', ['other', 'shop']],
  ])('%s', (_, names) => {
    expect(readMessage(recordWith(names, { project: 'shop' }))).toEqual({
      name: 'Unreadable',
      project: '_system',
      reason: 'the header ce_project is not the name of a project',
    });
  });
});

test.each<[string, unknown]>([
  ['in the wrong case', 'Shop'],
  ['that is empty', ''],
  ['of 65 characters', 'x'.repeat(65)],
  ['that begins with -', '-a'],
  ['that begins with _', '_x'],
  ["that is the service's own project", '_system'],
  ['that is a number', 1],
  ['that is a list', ['shop']],
])('a record with a member %s is unreadable, and belongs to _system', (_, project) => {
  for (const names of [[], ['shop']])
    expect(readMessage(recordWith(names, { project }))).toMatchObject({
      name: 'Unreadable',
      project: '_system',
    });
});

test.each<[string, Partial<RawRecord>]>([
  ['no value', { value: null }],
  ['no JSON', { value: utf8.encode('{') }],
  ['JSON that is no object', { value: utf8.encode('["shop"]') }],
  ['no UTF-8', { value: Uint8Array.of(0xff) }],
  ['a value of more than 1 MiB', { value: Buffer.alloc(1024 * 1024 + 1) }],
  ['a value that breaks a rule', { value: utf8.encode('{"project":"shop"}') }],
  ['another type', { headers: { ce_project: [utf8.encode('shop')], ce_type: [utf8.encode('x')] } }],
])('an unreadable record with a valid header and %s belongs to the project of its header', (_, change) => {
  expect(readMessage({ ...recordWith(['shop']), ...change })).toMatchObject({
    name: 'Unreadable',
    project: 'shop',
  });
});

describe('a record of the project _system', () => {
  const event = AuditEvent.activity(
    { type: 'KEY_CREATED', actor: 'root', details: { key: '9f86d081884c7d65' } },
    { id: ActivityId.parse('event-1'), now: Timestamp.fromMillis(0) },
  );

  test('is read if its user is an actor', () => {
    const { key, value, headers } = eventMessage(activityLogged(event), { source });
    expect(headers['ce_project']).toBe('_system');
    const bytes = Object.entries(headers).map(([name, text]) => [name, [utf8.encode(text)]] as const);
    const record = { key: utf8.encode(key), value: utf8.encode(value), headers: Object.fromEntries(bytes) };
    expect(readMessage(record)).toEqual(activityLogged(event));
  });

  test.each(['user-1', 'Root', '9F86D081884C7D65', '9f86d081884c7d6', 7, null])(
    'is unreadable if its user is %s, which is no actor',
    (userId) => {
      expect(readMessage(recordWith(['_system'], { project: '_system', userId }))).toMatchObject({
        name: 'Unreadable',
        project: '_system',
        reason: expect.stringContaining('/project must not begin with "_"') as string,
      });
    },
  );
});
