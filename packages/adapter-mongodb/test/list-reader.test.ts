import { type Document, MongoNetworkError, MongoServerError, ReadPreference } from 'mongodb';
import { expect, test, vi } from 'vitest';
import { makeListReader } from '../src/list-reader.ts';

const batch = [Buffer.of(1)];
const command = { find: 'activities' };

/** A database whose commands fail with these errors, one after the other, and then succeed. */
function databaseWith(errors: readonly Error[]) {
  const remaining = [...errors];
  return {
    command: vi.fn<(command: Document, options?: object) => Promise<Document>>(async () => {
      const error = remaining.shift();
      if (error !== undefined) throw error;
      return { cursor: { firstBatch: batch } };
    }),
  };
}

const network = new MongoNetworkError('connection closed');
const withCode = (code: number) => new MongoServerError({ message: 'failed', code });
const reader = (db: ReturnType<typeof databaseWith>, retries = true) =>
  makeListReader(db, ReadPreference.nearest, retries);

test.each([network, withCode(91), withCode(11_602), withCode(13_436)])(
  'a command is repeated once after a temporary fault: %s',
  async (error) => {
    const db = databaseWith([error]);
    expect(await reader(db)(command)).toBe(batch);
    expect(db.command).toHaveBeenCalledTimes(2);
  },
);

test('a command fails if it fails twice, or if the URI allows no retries', async () => {
  const twice = databaseWith([network, network]);
  await expect(reader(twice)(command)).rejects.toBe(network);
  expect(twice.command).toHaveBeenCalledTimes(2);
  const once = databaseWith([network]);
  await expect(reader(once, false)(command)).rejects.toBe(network);
  expect(once.command).toHaveBeenCalledTimes(1);
});

test.each([withCode(50), withCode(2), new TypeError('bug')])(
  'a command is not repeated after a permanent fault: %s',
  async (error) => {
    const db = databaseWith([error]);
    await expect(reader(db)(command)).rejects.toBe(error);
    expect(db.command).toHaveBeenCalledTimes(1);
  },
);

test('a command reads with majority concern from the members that the preference allows', async () => {
  const db = databaseWith([]);
  await reader(db)(command);
  expect(db.command.mock.calls).toEqual([
    [
      { find: 'activities', readConcern: { level: 'majority' } },
      { readPreference: ReadPreference.nearest, fieldsAsRaw: { firstBatch: true } },
    ],
  ]);
});
