import { sampleActivities, sampleActivity } from '@user-activity/port-contracts';
import { BSON, Db, type Document, MongoNetworkError } from 'mongodb';
import { expect, onTestFinished, test, vi } from 'vitest';
import { MongoActivityRepository } from '../src/index.ts';
import { freshStore } from './mongo-subjects.ts';

type Command = (this: Db, command: Document, ...options: unknown[]) => Promise<Document>;

/** Calls `intercept` instead of each command. It gets a function that runs the command. */
function interceptCommands(
  intercept: (run: () => Promise<Document>, command: Document) => Promise<Document>,
) {
  const original = Reflect.get(Db.prototype, 'command') as Command;
  onTestFinished(() => void vi.restoreAllMocks());
  vi.spyOn(Db.prototype, 'command').mockImplementation(function intercepted(this: Db, command, ...options) {
    return intercept(() => original.call(this, command, ...options), command);
  });
}

async function setUp() {
  const { store, close } = await freshStore();
  onTestFinished(close);
  return { store, repository: new MongoActivityRepository(store) };
}

/** A network error, as the driver reports it. */
function lostConnection(...labels: readonly string[]): MongoNetworkError {
  const error = new MongoNetworkError('lost');
  for (const label of labels) error.addErrorLabel(label);
  return error;
}

test('activities whose confirmation was lost are stored, and not redelivered', async () => {
  const { repository } = await setUp();
  let calls = 0;
  interceptCommands(async (run) => {
    const reply = await run();
    calls += 1;
    if (calls === 1) throw lostConnection('RetryableWriteError');
    return reply;
  });
  expect(await repository.save(sampleActivities(3))).toEqual(['stored', 'stored', 'stored']);
  expect(calls).toBe(2);
});

test.each([
  ['a failure that is not retryable', [], 1],
  ['a second failure', ['RetryableWriteError'], 2],
])('%s is an outage', async (_, labels, expected) => {
  const { repository } = await setUp();
  let calls = 0;
  interceptCommands(async () => {
    calls += 1;
    throw lostConnection(...labels);
  });
  await expect(repository.save(sampleActivities(3))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(calls).toBe(expected);
});

test.each([91, 133, 14_031])(
  'if MongoDB refuses a document with the temporary fault %d, the save fails as in an outage',
  async (code) => {
    const { repository } = await setUp();
    interceptCommands(async () => ({ ok: 1, n: 2, writeErrors: [{ index: 1, code }] }));
    await expect(repository.save(sampleActivities(3))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  },
);

test('a document that MongoDB refuses for another reason is refused, and the others are stored', async () => {
  const { repository } = await setUp();
  interceptCommands(async () => ({ ok: 1, n: 2, writeErrors: [{ index: 1, code: 121 }] }));
  expect(await repository.save(sampleActivities(3))).toEqual([
    'stored',
    { refused: expect.stringContaining('121') as string },
    'stored',
  ]);
});

test('a response that lacks the confirmation of the majority is an outage, and the save can be repeated', async () => {
  const { repository } = await setUp();
  const activities = sampleActivities(3);
  // No replica set of the tests has 40 members, so 40 can't confirm.
  interceptCommands(async (run, command) => {
    Object.assign(command, { writeConcern: { w: 40, wtimeout: 100 } });
    return run();
  });
  await expect(repository.save(activities)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  vi.restoreAllMocks();
  expect(await repository.save(activities)).toEqual(['redelivered', 'redelivered', 'redelivered']);
});

test('each command waits for the journals of the majority, and has at most 1,000 documents and 15 MiB', async () => {
  const { repository } = await setUp();
  const sizes: number[] = [];
  interceptCommands(async (run, command) => {
    expect(command['writeConcern']).toEqual({ w: 'majority', j: true });
    const documents = command['documents'] as readonly Document[];
    expect(documents.length).toBeLessThanOrEqual(1000);
    expect(BSON.calculateObjectSize(command)).toBeLessThan(15 * 1024 * 1024);
    sizes.push(documents.length);
    return run();
  });
  const stored = sampleActivity({ id: 'taken' });
  await repository.save([stored]);
  const small = sampleActivities(1001);
  const large = sampleActivities(70, { metadata: { text: '漢'.repeat(80_000) } });
  const conflicting = sampleActivity({ id: 'taken', type: 'OTHER' });
  const outcomes = await repository.save([...small, conflicting, ...large]);
  expect(outcomes).toEqual([...small.map(() => 'stored'), 'conflict', ...large.map(() => 'stored')]);
  expect(sizes.slice(0, 2)).toEqual([1, 1000]);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(1073);
});

test('an activity that the driver cannot encode is refused, and the others are stored', async () => {
  const { store, repository } = await setUp();
  const unencodable = sampleActivity();
  const toBSON = (): never => {
    throw new Error('no BSON');
  };
  Object.defineProperty(unencodable, 'userId', { value: { length: 1, toBSON } });
  const outcomes = await repository.save([...sampleActivities(2), unencodable, ...sampleActivities(2)]);
  const refused = { refused: "the activity can't be encoded as BSON" };
  expect(outcomes).toEqual(['stored', 'stored', refused, 'stored', 'stored']);
  expect(await store.activities.countDocuments()).toBe(4);
});
