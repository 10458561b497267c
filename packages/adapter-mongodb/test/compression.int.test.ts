import { RetentionDays } from '@user-activity/domain';
import { mongodbUri } from '@user-activity/test-kit/shared';
import { Db, MongoClient, MongoServerError } from 'mongodb';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Compression } from '../src/compression.ts';
import { DeploymentError, MongoStore } from '../src/index.ts';
import { activitiesOf, fillOlderDatabase } from './older-database.ts';

const [byId, byUser, byType, byUserAndType, byTime, byOrigin] = [
  '_id_',
  'project_1_userId_1_createdAt_-1__id_-1',
  'project_1_type_1_createdAt_-1__id_-1',
  'project_1_userId_1_type_1_createdAt_-1__id_-1',
  'project_1_createdAt_-1__id_-1',
  'project_1_origin.log_1_origin.partition_1_origin.offset_1',
] as const;

let databases = 0;

async function newDatabase() {
  databases += 1;
  const client = await MongoClient.connect(mongodbUri());
  onTestFinished(() => client.close());
  return client.db(`compression_${process.pid}_${databases}`);
}

async function open(db: Db, compression?: Compression): Promise<MongoStore> {
  const options = compression === undefined ? {} : { compression };
  const store = await MongoStore.open({ uri: mongodbUri(), database: db.databaseName, ...options });
  onTestFinished(() => store.close());
  return store;
}

interface Created {
  readonly creationString: string;
}

const compressorIn = ({ creationString }: Created) => /block_compressor=(\w*)/.exec(creationString)?.[1];

/** Returns the compressor of the documents and of each index, as WiredTiger reports it. */
async function compressors(db: Db, collection = 'activities') {
  const { wiredTiger, indexDetails } = await db.command({ collStats: collection });
  const byIndex = Object.entries(indexDetails as Record<string, Created>);
  return {
    documents: compressorIn(wiredTiger as Created),
    ...Object.fromEntries(byIndex.map(([name, details]) => [name, compressorIn(details)])),
  };
}

afterEach(() => {
  vi.restoreAllMocks();
});

test('by default, all is compressed except for the two indexes that are written at random positions', async () => {
  const db = await newDatabase();
  const store = await open(db);
  await store.expireAfter(RetentionDays.parse(30));
  expect(await compressors(db)).toEqual({
    documents: 'zstd',
    [byId]: 'zstd',
    [byUser]: 'none',
    [byType]: 'zstd',
    [byUserAndType]: 'none',
    [byTime]: 'zstd',
    [byOrigin]: 'zstd',
    createdAt_1: 'zstd',
  });
  expect(new Set(Object.values(await compressors(db, 'dead_letters')))).toEqual(new Set(['zstd']));
});

test('small compresses every index', async () => {
  const db = await newDatabase();
  await open(db, 'small');
  expect(Object.values(await compressors(db))).toEqual(Array.from({ length: 7 }, () => 'zstd'));
});

test('none keeps the defaults of the server', async () => {
  const db = await newDatabase();
  await open(db, 'none');
  const { documents, ...indexes } = await compressors(db);
  expect(documents).toBe('snappy');
  expect(new Set(Object.values(indexes))).toEqual(new Set(['']));
});

test('a database keeps its compression when the setting changes', async () => {
  const db = await newDatabase();
  await open(db, 'balanced');
  const before = await compressors(db);
  for (const compression of ['small', 'none', 'balanced'] as const) {
    await open(db, compression);
    expect(await compressors(db)).toEqual(before);
  }
});

test('a database of an older version keeps its compression, also for the indexes that are added', async () => {
  const db = await newDatabase();
  await fillOlderDatabase(db, activitiesOf(10), []);
  await open(db);
  const { documents, ...indexes } = await compressors(db);
  expect(documents).toBe('snappy');
  expect(Object.keys(indexes)).toHaveLength(6);
  expect(Object.values(indexes)).not.toContain('zstd');
});

test.each(['balanced', 'small'] as const)(
  'a collection that was created as the README says gets the indexes of the setting: %s',
  async (compression) => {
    const db = await newDatabase();
    const zstd = { storageEngine: { wiredTiger: { configString: 'block_compressor=zstd' } } };
    for (const name of ['activities', 'dead_letters'])
      await db.createCollection(name, { ...zstd, indexOptionDefaults: zstd });
    await open(db, compression);
    const byUsers = compression === 'small' ? 'zstd' : 'none';
    expect(await compressors(db)).toEqual({
      documents: 'zstd',
      [byId]: 'zstd',
      [byUser]: byUsers,
      [byType]: 'zstd',
      [byUserAndType]: byUsers,
      [byTime]: 'zstd',
      [byOrigin]: 'zstd',
    });
  },
);

test('several processes may create a database at the same time', async () => {
  const db = await newDatabase();
  await Promise.all([open(db, 'balanced'), open(db, 'balanced'), open(db, 'balanced')]);
  expect(await compressors(db)).toMatchObject({ documents: 'zstd', [byUser]: 'none', [byType]: 'zstd' });
});

test.each([72, 115, 303, 8000])(
  'if MongoDB refuses the option (code %s), the message says what to set',
  async (code) => {
    const db = await newDatabase();
    const original = Reflect.get(Db.prototype, 'createCollection') as (
      ...parameters: unknown[]
    ) => Promise<never>;
    vi.spyOn(Db.prototype, 'createCollection').mockImplementation(function refusing(this: Db, ...parameters) {
      const [, options = {}] = parameters;
      return 'storageEngine' in options
        ? Promise.reject(new MongoServerError({ message: 'wiredTiger is not registered', code }))
        : original.apply(this, parameters);
    });
    const opening = open(db, 'small');
    await expect(opening).rejects.toThrow(DeploymentError);
    await expect(opening).rejects.toThrow(/"activities".*MONGODB_COMPRESSION=none/);
    await open(db, 'none');
  },
);
