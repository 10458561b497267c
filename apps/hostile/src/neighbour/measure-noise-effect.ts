import { sendRequest } from '../wire/send-request.ts';
import { measureLatencies, median, type Neighbour, quantile, sortedNumbers } from './neighbour-latency.ts';
import { NoiseSource } from './noise-source.ts';
import type { NoiseTally } from './noise-thread.ts';
import type { Noise } from './noises.ts';

/** Options of `measureNoiseEffect`. */
export interface MeasurementOptions {
  readonly port: number;
  /** The API key with which `measureNoiseEffect` creates the keys of the noise and of the neighbour. */
  readonly rootKey: string;
  /** How often the neighbour is measured, each time without and with the noise. */
  readonly rounds: number;
  /** The time without the noise in each round, in seconds. The time with the noise is the same. */
  readonly seconds: number;
}

/** How much a noise slows the neighbour, which is another key of the same service. */
export interface NoiseEffect {
  readonly noise: Noise;
  /** For each round: the 99th percentile of the neighbour's latency without the noise, and with it. */
  readonly pairs: readonly (readonly [quietMs: number, noisyMs: number])[];
  /** The median over the rounds of `noisyMs / quietMs`. */
  readonly ratio: number;
  /** The number of responses to the noise by status. */
  readonly tally: NoiseTally;
}

/** Measures the latency of a key without limits, alternately on its own and while another key exceeds its limits. */
export async function measureNoiseEffect(noise: Noise, options: MeasurementOptions): Promise<NoiseEffect> {
  const { port, rounds, seconds } = options;
  const noisyKey = await makeKey(options, { scopes: noise.scopes, limits: noise.limits, project: 'noisy' });
  const key = await makeKey(options, { scopes: ['write'], project: 'quiet' });
  const neighbour: Neighbour = { port, key, seconds };
  const source = new NoiseSource({ port, request: requestBytesOf(noise, noisyKey), rate: noise.rate });
  // This round only warms up the service, because the first requests of a process are slow.
  await measureRound(neighbour, source);
  const pairs: (readonly [number, number])[] = [];
  for (let round = 0; round < rounds; round += 1) pairs.push(await measureRound(neighbour, source));
  const tally = await source.stop();
  const ratio = median(pairs.map(([quiet, noisy]) => noisy / quiet));
  return { noise, pairs, ratio, tally };
}

async function measureRound(neighbour: Neighbour, source: NoiseSource): Promise<readonly [number, number]> {
  const [quiet, noisy] = await measureLatencies(neighbour, {
    begin: () => source.begin(),
    pause: () => source.pause(),
  });
  return [p99Of(quiet), p99Of(noisy)];
}

/** Returns the bytes of the HTTP request of a noise. */
function requestBytesOf({ path, body }: Noise, key: string): Buffer {
  const content =
    body === undefined ? '' : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  const head = `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: ${key}\r\n${content}\r\n`;
  return Buffer.concat([Buffer.from(head), body ?? Buffer.alloc(0)]);
}

const p99Of = (latencies: readonly number[]): number => quantile(sortedNumbers(latencies), 0.99);

async function makeKey({ port, rootKey }: MeasurementOptions, fields: object): Promise<string> {
  const body = Buffer.from(JSON.stringify({ name: 'bench', ...fields }));
  const headers = { 'x-api-key': rootKey, 'content-type': 'application/json' };
  const { status, text } = await sendRequest(
    port,
    { path: '/api/keys', headers, body },
    AbortSignal.timeout(10_000),
  );
  if (status !== 201) throw new Error(`The service did not create the key: ${status} ${text}`);
  return String((JSON.parse(text) as { secret: unknown }).secret);
}
