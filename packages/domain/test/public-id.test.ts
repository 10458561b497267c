import { createHash } from 'node:crypto';
import { FixedClock, SequentialIds } from '@user-activity/adapter-memory';
import { describe, expect, test } from 'vitest';
import {
  type AccessKey,
  ActivityId,
  defaultRecordingRules,
  KeyId,
  KeyName,
  Principal,
  ProjectId,
  PublicId,
  Scope,
  StoredActivity,
  Timestamp,
  UserActivity,
  WebOrigin,
} from '../src/index.ts';

const [first, second] = [KeyId.parse('9f86d081884c7d65'), KeyId.parse('d081884c7d659f86')];
const project = ProjectId.parse('shop');
const draft = { id: 'view-1', userId: 'ann', type: 'VIEW' };
const deps = () => ({ clock: new FixedClock(), ids: new SequentialIds(), rules: defaultRecordingRules });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

describe('PublicId', () => {
  test('is the prefix and the SHA-256 of the JSON of both ids', () => {
    // echo -n '["9f86d081884c7d65","view-1"]' | openssl dgst -sha256 -binary | basenc --base64url
    const expected = 'pk.D7buLXAoR1wZb1EhiEMOY5Cr-yV44Y92ONjcKLHV4z0';
    expect(PublicId.of(first, ActivityId.parse('view-1'), { sha256 })).toBe(expected);
    expect(PublicId.is(expected)).toBe(true);
    expect(ActivityId.parse(expected)).toBe(expected);
  });

  test('differs if the key or the id differs, whatever characters they have', () => {
    const ids = ['a', 'b', '"', '\\', '","', 'x'.repeat(128)].map((id) => ActivityId.parse(id));
    const made = [first, second].flatMap((key) => ids.map((id) => PublicId.of(key, id, { sha256 })));
    expect(new Set(made).size).toBe(made.length);
  });

  test.each([
    'pk.',
    'pk.a',
    `pk.${'a'.repeat(42)}`,
    `pk.${'a'.repeat(44)}`,
    `PK.${'a'.repeat(43)}`,
    `pk.${'='.repeat(43)}`,
  ])('%s is not a public id', (id) => {
    expect(PublicId.is(id)).toBe(false);
  });
});

describe('an activity of a sender with a public key', () => {
  test('has a derived id and the source public, also after it was stored', () => {
    const activity = UserActivity.record({ project, publicKey: first }, draft, deps());
    const expected = { id: `pk.${sha256(JSON.stringify([first, 'view-1']))}`, source: 'public' };
    expect(activity.toJSON()).toMatchObject(expected);
    expect(JSON.parse(StoredActivity.of(activity).toText())).toMatchObject(expected);
    expect(StoredActivity.of(activity).textBytes()).toBe(
      Buffer.byteLength(StoredActivity.of(activity).toText()),
    );
    expect(UserActivity.parse(activity.toJSON()).toJSON()).toEqual(activity.toJSON());
  });

  test('has an id that is derived from a new one if the client sends none', () => {
    const { id } = UserActivity.record({ project, publicKey: first }, { ...draft, id: null }, deps());
    expect(id).toBe(`pk.${sha256(JSON.stringify([first, 'id-000001']))}`);
  });

  test('may be sent with an id that is refused from other senders', () => {
    const rules = { ...defaultRecordingRules, reservedIds: new Set(['count']) };
    for (const id of ['count', 'pk.a', `pk.${'a'.repeat(43)}`]) {
      const made = UserActivity.record({ project, publicKey: first }, { ...draft, id }, { ...deps(), rules });
      expect(made.id).toBe(`pk.${sha256(JSON.stringify([first, id]))}`);
      expect(() => UserActivity.record({ project }, { ...draft, id }, { ...deps(), rules })).toThrow(
        'breaks a rule',
      );
    }
  });

  test('breaks a rule if its id is invalid', () => {
    for (const id of ['', 'a b', 7, '..', 'x'.repeat(129)])
      expect(() => UserActivity.record({ project, publicKey: first }, { ...draft, id }, deps())).toThrow(
        'breaks a rule',
      );
  });
});

test('an activity of a sender without a public key has no source', () => {
  const activity = UserActivity.record({ project }, draft, deps());
  expect(activity.toJSON()).not.toHaveProperty('source');
  expect(JSON.parse(StoredActivity.of(activity).toText())).not.toHaveProperty('source');
});

describe('a principal', () => {
  const key: AccessKey = {
    id: first,
    name: KeyName.parse('pages'),
    project,
    scopes: Scope.parseList(['write']),
    origins: WebOrigin.parseList(['https://shop.example', 'http://localhost:8080']),
    limits: {},
    secrets: [{ digest: 'a'.repeat(64) }],
    createdAt: Timestamp.fromMillis(0),
    revision: 0,
  };

  test('with a public key may send requests only from the origins of the key, and is a sender with this key', () => {
    const principal = Principal.of(key);
    expect(Principal.isPublic(principal)).toBe(true);
    for (const origin of key.origins) expect(Principal.isAllowedFrom(principal, origin)).toBe(true);
    for (const origin of [undefined, '', 'null', 'https://shop.example:443', 'https://shop.example/'])
      expect(Principal.isAllowedFrom(principal, origin)).toBe(false);
    expect(Principal.senderIn(principal, project)).toEqual({ project, publicKey: first });
  });

  test('with any other key may send requests from everywhere, and is a sender without a public key', () => {
    for (const principal of [Principal.root, Principal.anonymous, Principal.of({ ...key, origins: [] })]) {
      expect(Principal.isPublic(principal)).toBe(false);
      for (const origin of [undefined, 'https://other.example'])
        expect(Principal.isAllowedFrom(principal, origin)).toBe(true);
      expect(Principal.senderIn(principal, project)).toEqual({ project });
    }
  });
});
