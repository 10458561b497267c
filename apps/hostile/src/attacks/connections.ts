import { gzipSync } from 'node:zlib';
import { setTimeout as delay } from 'node:timers/promises';
import type { Attack } from '../attack.ts';
import type { Target } from '../target.ts';
import type { RawConnection } from '../wire/raw-connection.ts';
import { apiKey, rawHeaders, times } from './payloads.ts';
import { unexpectedStatusFaults } from './unexpected-status-faults.ts';

/** The maximum number of bytes that the kernel may accept of a refused body. Its buffers accept bytes that the service never reads. */
const maxUnreadBytes = 16 * 1024 * 1024;
/** The number of bytes after which an attack stops sending. */
const maxSentBytes = 64 * 1024 * 1024;

type Refusal = readonly [name: string, requestLine: string, headers: readonly string[], isShort?: true];

const jsonType = 'Content-Type: application/json';
const validKey = `Authorization: Bearer ${apiKey}`;
const refusals: readonly Refusal[] = [
  ['s13-unauthorized', 'POST /api/logs', [jsonType], true],
  ['s13-wrong-key', 'POST /v1/batch', [jsonType, 'Authorization: Bearer wrong']],
  ['s13-key-in-body', 'POST /v1/batch', [jsonType], true],
  ['s13-not-found', 'POST /nothing', [jsonType, validKey], true],
  ['s13-not-allowed', 'PUT /api/logs', [jsonType, validKey], true],
  ['s13-body-of-get', 'GET /api/logs', [jsonType, validKey], true],
  ['s13-body-of-health', 'GET /health/live', [jsonType]],
  ['s13-unknown-type', 'POST /api/logs', ['Content-Type: text/plain', validKey], true],
  ['s13-no-type', 'POST /api/logs', [validKey]],
  ['s13-unknown-encoding', 'POST /api/logs', [jsonType, 'Content-Encoding: br', validKey]],
  ['s13-unknown-parameter', 'POST /api/logs?a=1', [jsonType, validKey]],
  ['s13-too-large', 'POST /api/logs', [jsonType, validKey]],
  ['s13-not-gzip', 'POST /api/logs', [jsonType, 'Content-Encoding: gzip', validKey]],
  ['s13-expectation', 'POST /api/logs', [jsonType, 'Expect: 200-ok', validKey]],
];

/** Makes an attack by a body without an end. The service must refuse it, stop reading it, and close the connection. */
const endlessBodyAttack = ([name, requestLine, headers, isShort]: Refusal): Attack => ({
  name,
  about: `an endless body to ${requestLine}, with the header ${headers.at(-1)?.replace(apiKey, '...')}`,
  ...(isShort ? { isShort } : {}),
  isParallel: true,
  environment: { API_KEYS: apiKey },
  async send(target) {
    const connection = await target.open();
    await connection.write(rawHeaders(requestLine, 'Transfer-Encoding: chunked', ...headers));
    await sendUntilClosed(connection);
    target.responses.push(...connection.responses(requestLine));
  },
  check({ responses, connections: [connection] }) {
    if (connection === undefined) return ['no connection was opened'];
    const faults = connection.isClosed ? [] : ['the service did not close the connection'];
    if (connection.sentBytes > maxUnreadBytes)
      faults.push(
        `${connection.sentBytes} bytes of the refused body were accepted; the maximum is ${maxUnreadBytes}`,
      );
    if (responses.length === 0 && !connection.isClosed) faults.push('the service did not respond');
    return faults;
  },
});

/** Sends chunks until the service closes the connection, but at most for 3 s and at most 64 MiB. */
async function sendUntilClosed(connection: RawConnection): Promise<void> {
  const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, ' '), Buffer.from('\r\n')]);
  const endsAt = performance.now() + 3000;
  while (!connection.isClosed && connection.sentBytes < maxSentBytes && performance.now() < endsAt)
    await Promise.race([connection.write(chunk), delay(500)]);
  await Promise.race([connection.closed, delay(1000)]);
}

/** Opens `count` connections, sends the same bytes on each, and leaves the connections open. */
async function sendOnEach(target: Target, count: number, bytes: string | Buffer): Promise<void> {
  const connections = await Promise.all(times(count, () => target.open()));
  await Promise.all(connections.map((connection) => Promise.race([connection.write(bytes), delay(2000)])));
}

const normalQuery = { path: '/api/logs?limit=1' };
/** Checks that the service answered the normal query. */
const servingFaults = ({ responses }: Target): readonly string[] => unexpectedStatusFaults(responses, 200);

/** Returns a request with a gzip body of 10 MB that lacks its last 12 bytes. */
function unfinishedGzip(path: string, contentType: string): Buffer {
  const body = gzipSync(Buffer.alloc(10_000_000, ' ')).subarray(0, -12);
  const length = `Content-Length: ${body.length + 12}`;
  const headers = rawHeaders(`POST ${path}`, 'Content-Encoding: gzip', contentType, length);
  return Buffer.concat([Buffer.from(headers), body]);
}

/** S3, S8 and S13: clients that send slowly, never finish, or do not read. */
export const connectionAttacks: readonly Attack[] = [
  // This attack takes the longest of the parallel attacks, so it starts first.
  {
    name: 's8-trickles',
    about:
      '75 bodies that are sent one byte every 3 s, by clients that do not close their connections after the response 408',
    isParallel: true,
    maxSendMs: 85_000,
    async send(target) {
      const headers = rawHeaders('POST /api/logs', jsonType, 'Content-Length: 1000');
      const connections = await Promise.all(times(75, () => target.open()));
      const endsAt = performance.now() + 75_000;
      for (const connection of connections) await connection.write(headers);
      while (performance.now() < endsAt && !connections.every(({ isClosed }) => isClosed)) {
        for (const connection of connections) await connection.write(' ');
        await delay(3000);
      }
      target.responses.push(...connections.flatMap((connection) => connection.responses('POST /api/logs')));
    },
    check({ responses, connections }) {
      const refusedCount = responses.filter(({ status }) => status === 408).length;
      const openCount = connections.filter(({ isClosed }) => !isClosed).length;
      return refusedCount === connections.length && openCount === 0
        ? []
        : [
            `${refusedCount} of ${connections.length} requests were answered 408, and ${openCount} connections stayed open`,
          ];
    },
  },
  ...refusals.map(endlessBodyAttack),
  {
    name: 's3-half-bombs',
    about: '100 gzip bodies of 10 MB without their last bytes',
    isShort: true,
    async send(target) {
      await sendOnEach(target, 100, unfinishedGzip('/api/logs', jsonType));
      await delay(2000);
    },
  },
  {
    name: 's3-half-lines',
    about: '100 gzip NDJSON batches of 10 MB without their last bytes',
    async send(target) {
      await sendOnEach(target, 100, unfinishedGzip('/api/logs/batch', 'Content-Type: application/x-ndjson'));
      await delay(2000);
    },
  },
  {
    name: 's3-half-bodies',
    about: '60 uncompressed bodies of 9 MB without their last byte',
    async send(target) {
      const headers = rawHeaders('POST /api/logs', jsonType, 'Content-Length: 9000001');
      await sendOnEach(target, 60, Buffer.concat([Buffer.from(headers), Buffer.alloc(9_000_000, ' ')]));
      await delay(1000);
    },
  },
  {
    name: 's3-many-connections',
    about: '2,000 connections that send nothing',
    isShort: true,
    async send(target) {
      await sendOnEach(target, 2000, '');
      await target.request(normalQuery);
    },
    check: servingFaults,
  },
  {
    name: 's3-half-heads',
    about: '1,000 connections that send 15 KB of headers, but not the blank line that ends them',
    async send(target) {
      const line = `X-Long: ${'x'.repeat(1000)}\r\n`;
      await sendOnEach(target, 1000, `GET /api/logs HTTP/1.1\r\nHost: 127.0.0.1\r\n${line.repeat(15)}`);
      await target.request(normalQuery);
    },
    check: servingFaults,
  },
  {
    name: 's3-small-chunks',
    about: '50 bodies in 50,000 chunks of one byte each',
    async send(target) {
      const headers = rawHeaders('POST /api/logs', jsonType, 'Transfer-Encoding: chunked');
      await sendOnEach(target, 50, headers + '1\r\n \r\n'.repeat(50_000));
    },
  },
  {
    name: 's3-waiters',
    about: '500 requests with Prefer: wait=30, whose connections are closed before the response',
    async send(target) {
      const body = '{"userId":"u","type":"T"}';
      const length = `Content-Length: ${body.length}`;
      await sendOnEach(target, 500, rawHeaders('POST /api/logs', jsonType, 'Prefer: wait=30', length) + body);
    },
  },
  {
    name: 's13-bad-framing',
    about: 'malformed HTTP: two lengths, a length and chunks, bare line feeds, long headers',
    isShort: true,
    async send(target) {
      const host = 'Host: 127.0.0.1';
      const requests = [
        `POST /api/logs HTTP/1.1\r\n${host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        `POST /api/logs HTTP/1.1\r\n${host}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
        `GET /api/logs HTTP/1.1\n${host}\n\n`,
        `GET /api/logs HTTP/1.1\r\n${host}\r\n${host}\r\n\r\n`,
        'GET /api/logs HTTP/1.1\r\n\r\n',
        `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n${host}\r\n\r\n`,
        `GET / HTTP/1.1\r\n${host}\r\n${'a: b\r\n'.repeat(5000)}\r\n`,
        `POST /api/logs HTTP/1.1\r\n${host}\r\n${jsonType}\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(100_000)}\r\n \r\n0\r\n\r\n`,
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        `GET /api/logs HTTP/1.1\r\n${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
        '\u0016\u0003\u0001\u0002\u0000'.repeat(1000),
      ];
      for (const request of requests) {
        const connection = await target.open();
        await connection.write(request);
        await Promise.race([connection.ended, delay(200)]);
        target.responses.push(...connection.responses(request.slice(0, 40)));
      }
    },
  },
];
