import {
  AccessKey,
  KeyId,
  KeyName,
  KeyProject,
  maxAccessKeys,
  Scope,
  Timestamp,
} from '@user-activity/domain';
import { mongodbUri } from '@user-activity/test-kit/shared';
import { MongoClient } from 'mongodb';
import { expect, onTestFinished, test } from 'vitest';
import { MongoKeyRepository } from '../src/index.ts';
import { type KeyDocument, keyDocument } from '../src/key-document.ts';
import { freshStore } from './mongo-subjects.ts';

const now = Timestamp.parse('2026-01-02T03:04:05.678Z');

const keyWith = (number: number, change: Partial<AccessKey> = {}): AccessKey => ({
  id: KeyId.parse(number.toString(16).padStart(16, '0')),
  name: KeyName.parse('till'),
  project: KeyProject.parse('shop'),
  scopes: Scope.parseList(['write']),
  origins: [],
  limits: {},
  secrets: [{ digest: 'a'.repeat(64) }],
  createdAt: now,
  revision: 0,
  ...change,
});

/** Opens a new database, and its collection of keys with another client. */
async function setUp() {
  const { store, database, close } = await freshStore();
  onTestFinished(close);
  const client = await MongoClient.connect(mongodbUri());
  onTestFinished(() => client.close());
  const documents = client.db(database).collection<KeyDocument>('keys');
  return { documents, open: () => new MongoKeyRepository(store) };
}

test('a document has named fields, and its times are dates', async () => {
  const { documents, open } = await setUp();
  const key = AccessKey.rotated(keyWith(1, { expiresAt: now }), 'b'.repeat(64), now);
  await open().add(key, now);
  const date = new Date(now);
  expect(await documents.find().toArray()).toEqual([
    {
      _id: '0000000000000001',
      name: 'till',
      project: 'shop',
      scopes: ['write'],
      origins: [],
      limits: {},
      secrets: [{ digest: 'b'.repeat(64) }, { digest: 'a'.repeat(64), expiresAt: date }],
      createdAt: date,
      expiresAt: date,
      revision: 1,
    },
  ]);
});

test('a document of an earlier version has no origins and no limits', async () => {
  const { documents, open } = await setUp();
  const { origins: _origins, limits: _limits, ...earlier } = keyDocument(keyWith(1));
  await documents.insertOne(earlier);
  expect(await open().findAll()).toEqual([keyWith(1)]);
});

test('documents of a newer version are read without their unknown fields, and a change keeps these fields', async () => {
  const { documents, open } = await setUp();
  const unknown = { labels: { team: 'till' }, regions: ['eu'] };
  const secrets = [{ digest: 'a'.repeat(64), kind: 'unknown' }];
  await documents.insertMany([
    { ...keyDocument(keyWith(1)), ...unknown, secrets, scopes: ['export', 'write'] },
    { ...keyDocument(keyWith(2)), secrets: [] },
  ]);
  const keys = open();
  expect(await keys.findAll()).toEqual([keyWith(1)]);
  expect(await keys.replace(AccessKey.revoked(keyWith(1), now))).toBe('replaced');
  const revoked = await documents.findOne({ _id: keyWith(1).id });
  expect(revoked).toMatchObject({ ...unknown, revokedAt: new Date(now), revision: 1 });
  expect(await keys.add(keyWith(2), now)).toBe('exists');
});

test('each concurrent addition to a full store removes one key that expired or was revoked', async () => {
  const { documents, open } = await setUp();
  const ended = 5;
  await documents.insertMany(
    Array.from({ length: maxAccessKeys }, (_, index) =>
      keyDocument(keyWith(index, index < ended ? { revokedAt: now } : {})),
    ),
  );
  const outcomes = await Promise.all(
    Array.from({ length: 12 }, (_, index) => open().add(keyWith(5000 + index), now)),
  );
  expect(outcomes.filter((outcome) => outcome === 'added')).toHaveLength(ended);
  expect(outcomes.filter((outcome) => outcome === 'too-many')).toHaveLength(12 - ended);
  expect(await documents.countDocuments()).toBe(maxAccessKeys);
});
