import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

// Systems hand out ports above this range when no port is named, so only another call of `freePorts` could take one meanwhile.
const [lowest, end] = [10_000, 32_000];

/** Returns ports of the loopback interface that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  while (held.size < count) {
    const port = randomInt(lowest, end);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
      held.set(port, server);
    } catch {
      // The port is in use.
    }
  }
  for (const server of held.values()) {
    server.close();
    await once(server, 'close');
  }
  return [...held.keys()];
}
