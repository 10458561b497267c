import { MongoNetworkError, MongoServerError } from 'mongodb';
import { expect, test } from 'vitest';
import { DeploymentError, MongoStore } from '../src/index.ts';
import { openFailure } from '../src/open-failure.ts';

test.each([
  ['a failing network', new MongoNetworkError('connect ECONNREFUSED')],
  ['no primary', new MongoServerError({ code: 10_107, errmsg: 'not primary' })],
  ['a shard that mongos does not reach', new MongoServerError({ code: 6, errmsg: 'Could not contact' })],
  ['a shard without a primary', new MongoServerError({ code: 133, errmsg: 'Could not find host' })],
  ['a failing resolver', Object.assign(new Error('querySrv ESERVFAIL'), { syscall: 'querySrv' })],
])('%s is an outage', (_, error) => {
  expect(openFailure(error)).toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

test.each([
  ['a wrong password', new MongoServerError({ code: 18, errmsg: 'Authentication failed.' })],
  ['missing rights', new MongoServerError({ code: 13, errmsg: 'not authorized' })],
  ['a full disk', new MongoServerError({ code: 14_031, errmsg: 'available disk space' })],
  ['an unknown command', new MongoServerError({ code: 59, errmsg: 'no such command' })],
])('%s is a fault of the deployment', (_, error) => {
  expect(openFailure(error)).toBeInstanceOf(DeploymentError);
});

test('an error of our code is returned unchanged', () => {
  const bug = new TypeError('x is undefined');
  expect(openFailure(bug)).toBe(bug);
});

test.each([
  'mongodb://me:secret@:1:2/',
  'mongodb://me:sec%zzret@host/',
  'mongodb://me:secret@host/?tls=maybe',
  'mongodb://me:secret@host/?w=1&unknownOption=1',
  'mongodb+srv://me:secret@a,b/',
])('%s is refused at once, and the message has no password', async (uri) => {
  const opening = MongoStore.open({ uri, timeoutMs: 50 });
  await expect(opening).rejects.toThrow(DeploymentError);
  await expect(opening).rejects.not.toThrow('secret');
});
