import { MongoStore } from '@user-activity/adapter-mongodb';
import { Closers, makeLogger } from '@user-activity/runner';
import { expect, onTestFinished, test, vi } from 'vitest';
import { mongodbStore } from '../src/store/mongodb.ts';

test('each progress report of a migration restarts the time limit of the start, and few reports are logged', async () => {
  onTestFinished(() => void vi.restoreAllMocks());
  const logger = makeLogger('silent' as 'fatal');
  const info = vi.spyOn(logger, 'info');
  const onProgress = vi.fn<() => void>();
  vi.spyOn(MongoStore, 'open').mockImplementation(async (options) => {
    for (let batch = 1; batch <= 1000; batch += 1) options.onProgress?.(batch * 1000);
    return Object.create(MongoStore.prototype) as MongoStore;
  });
  const configured = mongodbStore.configure({
    MONGODB_URI: 'mongodb://127.0.0.1/',
    MONGODB_DATABASE: 'user_activity',
    MONGODB_COMPRESSION: 'balanced',
  });
  await configured.open({ closers: new Closers(), logger, queryTimeoutMs: 1000, onProgress });
  expect(onProgress).toHaveBeenCalledTimes(1000);
  expect(info).toHaveBeenCalledTimes(10);
  expect(info).toHaveBeenLastCalledWith({ documents: 512_000 }, expect.stringContaining('migrating MongoDB'));
});
