import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import { attempt } from '../src/attempt.ts';
import type { ServiceLocation } from '../src/target.ts';

test('an attempt rejects with the error of the attack, and stops watching the service', async () => {
  const server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const folder = temporaryFolder('hostile');
  const location: ServiceLocation = { port, folder: folder.path };
  // The attempt watches the memory of this process, and requests the health from the server above.
  const process = new ServiceProcess({ folder: folder.path });
  const attack = {
    name: 's0-broken',
    about: 'nothing',
    async send() {
      throw new Error('the attack is broken');
    },
  };
  try {
    await expect(attempt(attack, { process, location, hasEnded: () => false })).rejects.toThrow('is broken');
    // The server closes only after the connection of the watch has ended.
    server.close();
    await once(server, 'close');
  } finally {
    await process.end('SIGKILL');
    folder.remove();
  }
});
