// Sends prepared requests from its own thread. Writes their bytes to sockets directly, because an HTTP client takes more time for a request
// than some of the measured servers.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { ResponseReader } from './response-reader.ts';
import type { LoadOptions, LoadResult, LoadTask } from './load.ts';

interface Connection {
  readonly socket: Socket;
  /** When the unanswered request of this connection was sent, or was due if that is earlier. */
  sentAt: number;
}

const { port, connections: count, requests, status: expectedStatus } = workerData as LoadOptions;
const openSockets: Socket[] = [];
const connections: Connection[] = [];
const idle: Connection[] = [];
let nextRequest = 0;
/** When the latest response was received. */
let latestAt = 0;
const maxSilenceMs = 60_000;
let latencies = createHistogram();
let onResponse: (connection: Connection) => void = () => undefined;

/** Ends the thread with an error, so that the run rejects: a failed request must not count. */
function fail(message: string): never {
  throw new Error(message);
}

async function open(): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const reader = new ResponseReader();
  const connection = { socket, sentAt: 0 };
  socket
    .on('data', (bytes: Buffer) => {
      const status = reader.read(bytes);
      if (status === undefined) return;
      if (status !== expectedStatus)
        fail(
          `A request was answered with ${status}, not ${expectedStatus}. ${bytes.toString('utf8').slice(-300)}`,
        );
      latestAt = performance.now();
      latencies.record(Math.max(1, Math.round((latestAt - connection.sentAt) * 1000)));
      onResponse(connection);
    })
    .on('error', (error) => fail(`A connection failed: ${error.message}`))
    .on('end', () => fail('The server closed a connection.'));
  openSockets.push(socket);
  await once(socket, 'connect');
  return connection;
}

function send(connection: Connection, dueAt: number): void {
  const request = requests[nextRequest % requests.length];
  nextRequest += 1;
  connection.sentAt = dueAt;
  if (request !== undefined) connection.socket.write(request);
}

/** Sends the next request on each connection as soon as the previous one is answered, until `endAt` or until `max` requests are sent. */
async function sendAtFullSpeed(endAt: number, max: number): Promise<void> {
  const allAnswered = Promise.withResolvers<void>();
  // If there are fewer requests than connections, the other connections stay idle.
  const used = connections.slice(0, max);
  let busy = used.length;
  let sent = busy;
  onResponse = (connection) => {
    const now = performance.now();
    if (now < endAt && sent < max) {
      sent += 1;
      return send(connection, now);
    }
    busy -= 1;
    if (busy === 0) allAnswered.resolve();
  };
  const now = performance.now();
  for (const connection of used) send(connection, now);
  await allAnswered.promise;
}

/** Sends requests at random times with a constant mean rate. A latency begins when the request is due, even if no connection is free then. */
async function sendAtRate(rate: number, endAt: number): Promise<void> {
  const allAnswered = Promise.withResolvers<void>();
  const overdue: number[] = [];
  idle.push(...connections.splice(0));
  let dueAt = performance.now();
  onResponse = (connection) => {
    const due = overdue.shift();
    if (due === undefined) idle.push(connection);
    else send(connection, due);
    if (dueAt >= endAt && idle.length === count) allAnswered.resolve();
  };
  const timer = setInterval(() => {
    for (const now = performance.now(); dueAt <= now && dueAt < endAt; dueAt += gapMs(rate)) {
      const connection = idle.pop();
      if (connection === undefined) overdue.push(dueAt);
      else send(connection, dueAt);
    }
    if (dueAt < endAt) return;
    clearInterval(timer);
    if (idle.length === count) allAnswered.resolve();
  }, 1);
  await allAnswered.promise;
  connections.push(...idle.splice(0));
}

/** Returns a random time between two requests. Such times make the requests independent of each other (a Poisson process). */
const gapMs = (rate: number): number => (-Math.log(1 - Math.random()) * 1000) / rate;

async function run({
  seconds = Number.POSITIVE_INFINITY,
  requests: max = Number.POSITIVE_INFINITY,
  rate,
}: LoadTask): Promise<LoadResult> {
  latencies = createHistogram();
  // Each run opens new connections, because servers close connections that are idle for a long time.
  connections.push(...(await Promise.all(Array.from({ length: count }, open))));
  const start = performance.now();
  latestAt = start;
  const watch = setInterval(() => {
    if (performance.now() - latestAt > maxSilenceMs) fail('No response was received for a minute.');
  }, 1000);
  const endAt = start + seconds * 1000;
  await (rate === undefined ? sendAtFullSpeed(endAt, max) : sendAtRate(rate, endAt));
  clearInterval(watch);
  const taken = (performance.now() - start) / 1000;
  for (const socket of openSockets.splice(0)) socket.removeAllListeners('end').destroy();
  connections.splice(0);
  const microseconds = (percentile: number): number => latencies.percentile(percentile) / 1000;
  return {
    requests: latencies.count,
    seconds: taken,
    p50Ms: microseconds(50),
    p99Ms: microseconds(99),
  };
}

parentPort?.on('message', (task: LoadTask) => {
  void run(task).then((result) => parentPort?.postMessage(result));
});
