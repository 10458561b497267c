import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

// Systems choose ports above this range if a program names no port. So only another call of `freePorts` can take one of these ports.
const [minPort, maxPort] = [10_000, 32_000];

/** Returns ports of the loopback interface that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = new Map<number, Server>();
  while (servers.size < count) {
    const port = randomInt(minPort, maxPort);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
      servers.set(port, server);
    } catch {
      // The port is in use.
    }
  }
  for (const server of servers.values()) {
    server.close();
    await once(server, 'close');
  }
  return [...servers.keys()];
}
