// Requests `/health/live` every 50 ms. Runs on its own thread, because a busy attack on the main thread would delay the requests.
import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const intervalMs = 50;
const timeoutMs = 20_000;
const port = Number(workerData);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

const isLive = (): Promise<boolean> =>
  new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const options = { port, host: '127.0.0.1', path: '/health/live', agent, signal };
    get(options, (response) => {
      response.resume().once('close', () => resolve(response.statusCode === 200 && response.complete));
    }).once('error', () => resolve(false));
  });

let stopping = false;
let gapMs = 0;
while (!(await isLive())) await delay(intervalMs);
parentPort?.postMessage('watching');
parentPort?.once('message', () => {
  stopping = true;
});
// A gap begins with the first request after a response, and ends with the next response.
for (let since = performance.now(); ; ) {
  const hasResponse = await isLive();
  gapMs = Math.max(gapMs, performance.now() - since);
  if (stopping) break;
  await delay(Math.max(0, intervalMs - (performance.now() - since)));
  if (hasResponse) since = performance.now();
}
agent.destroy();
parentPort?.postMessage(Math.round(gapMs));
parentPort?.close();
