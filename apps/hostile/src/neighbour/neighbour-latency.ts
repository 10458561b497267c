import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** The key whose latency is measured, and how long to measure it. */
export interface Neighbour {
  readonly port: number;
  readonly key: string;
  /** The total time of the quiet parts, in seconds. The noisy parts take the same time. */
  readonly seconds: number;
}

/** The latencies in ms: of the requests that were due in quiet parts, and of those that were due in noisy parts. */
export type LatencyPair = readonly [quiet: number[], noisy: number[]];

const rate = 200;
const partSeconds = 0.2;
const draft = Buffer.from(JSON.stringify({ userId: 'neighbour', type: 'LOGIN' }));

/**
 * Logs 200 activities per second with the key, and measures their latencies. A latency begins when a request is due, even if the request is
 * sent later. Quiet and noisy parts of 0.2 s alternate, so that other load on the machine affects both equally. Rejects if a request is not
 * answered 202.
 */
export async function measureLatencies(
  { port, key, seconds }: Neighbour,
  { begin, pause }: { readonly begin: () => void; readonly pause: () => void },
): Promise<LatencyPair> {
  const agent = new Agent({ keepAlive: true });
  const pair: LatencyPair = [[], []];
  const requests: Promise<void>[] = [];
  const perPart = rate * partSeconds;
  const start = performance.now();
  for (let index = 0; index < 2 * rate * seconds; index += 1) {
    // Each request is due at a random time in its interval of 5 ms, so that requests do not synchronise with other timers.
    const due = start + ((index + Math.random()) * 1000) / rate;
    const wait = due - performance.now();
    if (wait > 0) await delay(wait);
    const isNoisy = Math.floor(index / perPart) % 2 === 1;
    if (index % perPart === 0) (isNoisy ? begin : pause)();
    const latencies = pair[isNoisy ? 1 : 0];
    requests.push(logActivity(port, key, agent).then(() => void latencies.push(performance.now() - due)));
  }
  pause();
  await Promise.all(requests);
  agent.destroy();
  return pair;
}

const logActivity = (port: number, key: string, agent: Agent): Promise<void> =>
  new Promise((resolve, reject) => {
    const headers = { 'x-api-key': key, 'content-type': 'application/json' };
    request({ port, host: '127.0.0.1', path: '/api/logs', method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 202) resolve();
        else
          reject(new Error(`A request of the neighbour was answered with ${response.statusCode}, not 202.`));
      });
    })
      .once('error', reject)
      .end(draft);
  });

/** Returns the quantile of numbers in ascending order (nearest rank), such as the median for a `share` of 0.5. Returns NaN for an empty list. */
export const quantile = (ascending: readonly number[], share: number): number =>
  ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? Number.NaN;

/** Returns the numbers in ascending order. */
export const sortedNumbers = (numbers: readonly number[]): readonly number[] =>
  numbers.toSorted((left, right) => left - right);

export const median = (numbers: readonly number[]): number => quantile(sortedNumbers(numbers), 0.5);
