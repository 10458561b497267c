import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** The load of the key whose latency is measured. */
export interface Neighbour {
  readonly port: number;
  readonly key: string;
  /** How long a pair is quiet, and how long it is noisy, in seconds. */
  readonly seconds: number;
}

/** The latencies of the requests that were due in quiet parts and in noisy parts of a pair, in ms. */
export type PairOfLatencies = readonly [quiet: number[], noisy: number[]];

const rate = 200;
const partSeconds = 0.2;
const draft = Buffer.from(JSON.stringify({ userId: 'neighbour', type: 'LOGIN' }));

/**
 * Logs 200 activities per second, and measures the times until their responses. A time begins when a request is due, also if it could be
 * sent only later. Quiet and noisy parts of 0.2 s take turns without a pause, so that other load on the machine, which comes and goes,
 * affects both alike. Throws if a request is refused.
 */
export async function latenciesOf(
  { port, key, seconds }: Neighbour,
  { begin, pause }: { readonly begin: () => void; readonly pause: () => void },
): Promise<PairOfLatencies> {
  const agent = new Agent({ keepAlive: true });
  const pair: PairOfLatencies = [[], []];
  const requests: Promise<void>[] = [];
  const perPart = rate * partSeconds;
  const start = performance.now();
  for (let index = 0; index < 2 * rate * seconds; index += 1) {
    // A random time in its share of the second, so that the requests do not keep step with anything.
    const due = start + ((index + Math.random()) * 1000) / rate;
    const wait = due - performance.now();
    if (wait > 0) await delay(wait);
    const isNoisy = Math.floor(index / perPart) % 2 === 1;
    if (index % perPart === 0) (isNoisy ? begin : pause)();
    const latencies = pair[isNoisy ? 1 : 0];
    requests.push(answered(port, key, agent).then(() => void latencies.push(performance.now() - due)));
  }
  pause();
  await Promise.all(requests);
  agent.destroy();
  return pair;
}

const answered = (port: number, key: string, agent: Agent): Promise<void> =>
  new Promise((resolve, reject) => {
    const headers = { 'x-api-key': key, 'content-type': 'application/json' };
    request({ port, host: '127.0.0.1', path: '/api/logs', method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 202) resolve();
        else reject(new Error(`The neighbour got ${response.statusCode}.`));
      });
    })
      .once('error', reject)
      .end(draft);
  });

/** Returns the smallest of sorted numbers that this share of them does not exceed. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

export const sorted = (numbers: readonly number[]): readonly number[] =>
  numbers.toSorted((left, right) => left - right);

export const median = (numbers: readonly number[]): number => quantile(sorted(numbers), 0.5);
