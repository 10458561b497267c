import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { makeLogRequests } from '../src/load/drafts.ts';
import { Load } from '../src/load/load.ts';

async function loadOn(handle: RequestListener, connections = 3): Promise<Load> {
  const server: Server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const load = new Load({ port, connections, requests: makeLogRequests('json', 2), status: 202 });
  onTestFinished(async () => {
    await load.stop();
    server.closeAllConnections();
    server.close();
  });
  return load;
}

/** Returns a listener that adds the activities of each request to `seen`, and answers 202. */
const makeCollector =
  (seen: unknown[]): RequestListener =>
  (request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.once('end', () => {
      seen.push(...(JSON.parse(text) as unknown[]));
      response.writeHead(202, { 'content-length': 2 }).end('{}');
    });
  };

test('counts exactly the requests that were answered, at full speed and at a rate', async () => {
  const seen: unknown[] = [];
  const load = await loadOn(makeCollector(seen));
  const { requests } = await load.run({ requests: 20 });
  expect(requests).toBe(20);
  expect(seen).toHaveLength(40);
  expect(seen[0]).toMatchObject({ userId: 'user-0', type: 'LOGIN' });
  const atRate = await load.run({ seconds: 0.3, rate: 200 });
  expect(seen).toHaveLength(40 + 2 * atRate.requests);
});

test('uses no more connections than there are requests', async () => {
  const seen: unknown[] = [];
  const load = await loadOn(makeCollector(seen), 8);
  expect(await load.run({ requests: 1 })).toMatchObject({ requests: 1 });
  expect(seen).toHaveLength(2);
});

test('fails if a request is answered with a status other than the expected one', async () => {
  const load = await loadOn((_, response) => response.writeHead(503, { 'content-length': 0 }).end());
  await expect(load.run({ seconds: 5 })).rejects.toThrow('A request was answered with 503, not 202.');
});

test('fails if the server closes a connection', async () => {
  const load = await loadOn((request) => request.socket.end());
  await expect(load.run({ seconds: 5 })).rejects.toThrow(/closed a connection|connection failed/);
});
