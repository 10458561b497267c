import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeadLetterCode } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import {
  brokenReferences,
  document,
  documentFaults,
  type Message,
  messageFaults,
  type MessageName,
} from './async-api.ts';

const golden = join(import.meta.dirname, '..', '..', '..', '..', 'packages', 'topic-contract', 'golden');
const { messages } = document.components;

test('the document is AsyncAPI 3.0', () => {
  expect(document.asyncapi).toBe('3.0.0');
  expect(documentFaults(document)).toEqual([]);
  expect(documentFaults({ ...document, operations: { log: { action: 'shout' } } })).not.toEqual([]);
  expect(brokenReferences(document)).toEqual([]);
  expect(brokenReferences({ ...document, x: { $ref: '#/channels/lost' } })).toEqual(['#/channels/lost']);
  const addresses = Object.values(document.channels).map(({ address }) => address);
  expect(addresses).toEqual(['user-activity', 'user-activity.dead-letters']);
});

test('the document names every code of a dead letter', () => {
  const { properties } = messages.deadLetter.headers;
  expect(properties['user-activity-dead-letter-code']?.enum).toEqual(DeadLetterCode.all);
});

test.each(Object.entries(messages))('the examples of %s match its schema', (name, { examples }) => {
  expect(examples.length).toBeGreaterThan(0);
  for (const { headers, payload } of examples) {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const message = { key: '123', headers: headers as Message['headers'], payload: text };
    expect(messageFaults(name as MessageName, message)).toEqual([]);
  }
});

const goldenMessages = globSync('*.json', { cwd: golden }).map((file): [string, Message] => {
  const { message } = JSON.parse(readFileSync(join(golden, file), 'utf8')) as {
    message: { key: string; value: string; headers: Record<string, string> };
  };
  return [file, { key: message.key, headers: message.headers, payload: message.value }];
});

test('the schema allows unknown members and route words as ids, because other producers may write them', () => {
  for (const [file, message] of [
    ['plain.json', 'activityLogged'],
    ['erasure.json', 'erasureRequested'],
  ] as const) {
    const [, whole] = goldenMessages.find(([name]) => name === file) ?? [];
    if (whole === undefined) throw new Error('There is such a message.');
    const payload = JSON.stringify({ ...(JSON.parse(whole.payload ?? '') as object), id: 'count', extra: 1 });
    expect(messageFaults(message, { ...whole, payload })).toEqual([]);
  }
});

test.each(goldenMessages)(
  'the golden message %s matches the schema of its type, and no other',
  (file, message) => {
    const names: readonly MessageName[] = ['activityLogged', 'erasureRequested'];
    const matching = names.filter((name) => messageFaults(name, message).length === 0);
    expect(matching).toEqual([file.startsWith('erasure') ? 'erasureRequested' : 'activityLogged']);
  },
);

describe('a message has a fault', () => {
  const [, whole] = goldenMessages.find(([file]) => file === 'plain.json') ?? [];
  if (whole === undefined) throw new Error('There is such a message.');
  const { ce_id: _id, ...nameless } = whole.headers;
  const activity = JSON.parse(whole.payload ?? '') as object;
  const holding = (change: object): Message => ({
    ...whole,
    payload: JSON.stringify({ ...activity, ...change }),
  });

  test.each<[string, Message, string]>([
    ['no key', { ...whole, key: null }, 'key must be string'],
    ['a header that is missing', { ...whole, headers: nameless }, "required property 'ce_id'"],
    [
      'another type',
      { ...whole, headers: { ...whole.headers, ce_type: 'order.placed.v1' } },
      'ce_type must be equal',
    ],
    ['another time', { ...whole, headers: { ...whole.headers, ce_time: 'yesterday' } }, 'ce_time must match'],
    [
      'an invalid traceparent',
      { ...whole, headers: { ...whole.headers, traceparent: '1' } },
      'traceparent must match',
    ],
    [
      'an undocumented header of the service',
      { ...whole, headers: { ...whole.headers, 'user-activity-x': '1' } },
      'user-activity-x is not described',
    ],
    [
      'a project in the wrong case',
      { ...whole, headers: { ...whole.headers, ce_project: 'Shop' } },
      'ce_project must match',
    ],
    [
      'a project of 65 characters',
      holding({ project: 'x'.repeat(65) }),
      'payload/project must NOT have more',
    ],
    ['the project _system', holding({ project: '_system' }), 'payload/project must match'],
    ['no value', { ...whole, payload: null }, 'payload must be object'],
    ['no JSON', { ...whole, payload: '{' }, 'payload must be object'],
    ['a type that is not canonical', holding({ type: 'log in' }), 'payload/type must match'],
    ['a user that is not trimmed', holding({ userId: ' 123' }), 'payload/userId must match'],
    ['an id of dots', holding({ id: '..' }), 'payload/id must match'],
    [
      'a time with an offset',
      holding({ createdAt: '2026-11-24T13:27:40.628+01:00' }),
      'payload/createdAt must match',
    ],
  ])('%s', (_, message, fault) => {
    expect(messageFaults('activityLogged', message).join('\n')).toContain(fault);
  });

  test.each<[string, object, string]>([
    ['an unknown mode', { mode: 'forget' }, 'payload/mode must be equal'],
    ['an id with a dot', { id: 'a.b' }, 'payload/id must match'],
    ['no user', { userId: undefined }, "required property 'userId'"],
    ['no time', { requestedAt: undefined }, "required property 'requestedAt'"],
    ['a project in the wrong case', { project: 'Shop' }, 'payload/project must match'],
  ])('an erasure with %s', (_, change, fault) => {
    const [, erasure] = goldenMessages.find(([file]) => file === 'erasure.json') ?? [];
    if (erasure === undefined) throw new Error('There is such a message.');
    const payload = JSON.stringify({ ...(JSON.parse(erasure.payload ?? '') as object), ...change });
    expect(messageFaults('erasureRequested', { ...erasure, payload }).join('\n')).toContain(fault);
  });

  test.each<[string, string, string]>([
    ['another code', 'code', 'lost'],
    ['a place that is no number', 'offset', '-1'],
    ['a time that is none', 'died-at', '2026'],
    ['an activity that is none', 'activity-id', 'a b'],
    ['a project that is none', 'project', '-a'],
    ['something more about it', 'x', '1'],
  ])('a dead letter with %s', (_, name, text) => {
    const [example] = messages.deadLetter.examples;
    const headers = { ...example?.headers, [`user-activity-dead-letter-${name}`]: text };
    expect(messageFaults('deadLetter', { key: null, headers, payload: null })).not.toEqual([]);
  });
});
