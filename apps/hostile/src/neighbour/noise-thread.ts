// Sends requests at random times, with a constant mean rate. Runs on its own thread, so that the measurement on the main thread does not
// delay it. Writes prepared bytes to sockets, because an HTTP client needs more processor time for a request than the service needs to
// refuse it. On a small machine, this time would slow the service.
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

/** The requests that the thread sends. */
export interface NoiseSourceOptions {
  readonly port: number;
  /** The bytes of the HTTP request that is sent again and again. */
  readonly request: Uint8Array;
  /** The mean number of requests per second. */
  readonly rate: number;
}

/** A message of the main thread: send requests, send none, or return the tally and end. */
export type NoiseCommand = 'begin' | 'pause' | 'stop';

/** The number of responses by status. */
export type NoiseTally = Readonly<Record<number, number>>;

const tickMs = 1;
// Each connection has at most one unanswered request, so a slow service gets at most 32 requests at a time.
const maxConnections = 32;

const { port, request, rate } = workerData as NoiseSourceOptions;
const tally: Record<number, number> = {};
const idle: Socket[] = [];
let connections = 0;

function open(): Socket | undefined {
  if (connections >= maxConnections) return undefined;
  connections += 1;
  const socket = connect({ port, host: '127.0.0.1' });
  let response = '';
  socket
    .setEncoding('latin1')
    .on('data', (text: string) => {
      response += text;
      const [, status = '', length = ''] =
        /^HTTP\/1.1 (\d+) [^]*?\r\ncontent-length: (\d+)\r\n/i.exec(response) ?? [];
      const bodyStart = response.indexOf('\r\n\r\n') + 4;
      if (bodyStart < 4 || response.length < bodyStart + Number(length)) return;
      tally[Number(status)] = (tally[Number(status)] ?? 0) + 1;
      const closes = /\r\nconnection: close\r\n/i.test(response);
      response = '';
      if (closes) socket.destroy();
      else idle.push(socket);
    })
    .on('error', () => undefined)
    .once('close', () => {
      connections -= 1;
      const index = idle.indexOf(socket);
      if (index >= 0) idle.splice(index, 1);
    });
  return socket;
}

/** Returns a random time between two requests. Such times make the requests independent of each other (a Poisson process). */
const gapMs = (): number => (-Math.log(1 - Math.random()) * 1000) / rate;

const latest: { command: NoiseCommand } = { command: 'pause' };
parentPort?.on('message', (command: NoiseCommand) => {
  latest.command = command;
});
const is = (command: NoiseCommand): boolean => latest.command === command;
while (!is('stop')) {
  for (let due = performance.now() + gapMs(); is('begin'); await delay(tickMs))
    for (; due <= performance.now(); due += gapMs()) (idle.pop() ?? open())?.write(request);
  await delay(tickMs);
}
parentPort?.postMessage(tally);
parentPort?.close();
for (const socket of idle) socket.destroy();
