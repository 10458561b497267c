import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { startFault } from '../src/start-fault.ts';

/** Returns the error of a server that can't listen on this host and port. */
async function failureAt(host: string, port: number): Promise<unknown> {
  const [error] = (await once(createServer().listen(port, host), 'listening').then(
    () => ['it listens'],
    (failure: unknown) => [failure],
  )) as [unknown];
  return error;
}

test('a port in use, an address of another machine and an unknown host name each give a message with the variable to change', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as { port: number };
  expect(startFault(await failureAt('127.0.0.1', port))).toBe(
    `port ${port} is in use; stop the other process or set PORT`,
  );
  holder.close();
  expect(startFault(await failureAt('192.0.2.1', 0))).toBe(
    '192.0.2.1 is not an address of this machine; set HOST',
  );
  expect(startFault(await failureAt('no-such-host.invalid', 0))).toMatch(
    /^HOST no-such-host\.invalid has no address; set HOST/,
  );
  const denied = Object.assign(new Error('listen EACCES'), { code: 'EACCES', syscall: 'listen', port: 80 });
  expect(startFault(denied)).toContain('set PORT');
});

test('an error class of the service gives its message; a built-in error gives none, because it is a bug', () => {
  class DataFileError extends Error {
    override readonly name = 'DataFileError';
  }
  expect(startFault(new DataFileError('set DATA_DIR'))).toBe('set DATA_DIR');
  for (const bug of [new Error('a'), new TypeError('b'), 'c']) expect(startFault(bug)).toBeUndefined();
});
