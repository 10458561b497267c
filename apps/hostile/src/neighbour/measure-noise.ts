import { sendRequest } from '../wire/send-request.ts';
import { latenciesOf, median, type Neighbour, quantile, sorted } from './neighbour-latency.ts';
import { NoiseSource } from './noise-source.ts';
import type { NoiseTally } from './noise-thread.ts';
import type { Noise } from './noises.ts';

export interface NoiseOptions {
  readonly port: number;
  readonly rootKey: string;
  /** The number of pairs of a quiet and a noisy measurement. */
  readonly rounds: number;
  /** How long a pair is quiet, and how long it is noisy. */
  readonly seconds: number;
}

/** What a noise does to the neighbour. */
export interface NoiseEffect {
  readonly noise: Noise;
  /** The 99th percentiles of each pair, in ms. */
  readonly pairs: readonly (readonly [quietMs: number, noisyMs: number])[];
  /** The median of the ratios of the pairs. */
  readonly ratio: number;
  /** The number of responses to the noise by status. */
  readonly tally: NoiseTally;
}

/** Measures the latency of a key without limits, in turns alone and while another key exceeds its limits. */
export async function measureNoise(noise: Noise, options: NoiseOptions): Promise<NoiseEffect> {
  const { port, rounds, seconds } = options;
  const noisyKey = await makeKey(options, { scopes: noise.scopes, limits: noise.limits, project: 'noisy' });
  const key = await makeKey(options, { scopes: ['write'], project: 'quiet' });
  const neighbour: Neighbour = { port, key, seconds };
  const source = new NoiseSource({ port, request: bytesOf(noise, noisyKey), rate: noise.rate });
  // The first requests of a process are slow.
  await roundOf(neighbour, source);
  const pairs: (readonly [number, number])[] = [];
  for (let round = 0; round < rounds; round += 1) pairs.push(await roundOf(neighbour, source));
  const tally = await source.stop();
  const ratio = median(pairs.map(([quiet, noisy]) => noisy / quiet));
  return { noise, pairs, ratio, tally };
}

async function roundOf(neighbour: Neighbour, source: NoiseSource): Promise<readonly [number, number]> {
  const [quiet, noisy] = await latenciesOf(neighbour, {
    begin: () => source.begin(),
    pause: () => source.pause(),
  });
  return [p99Of(quiet), p99Of(noisy)];
}

function bytesOf({ path, body }: Noise, key: string): Buffer {
  const content =
    body === undefined ? '' : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  const head = `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: ${key}\r\n${content}\r\n`;
  return Buffer.concat([Buffer.from(head), body ?? Buffer.alloc(0)]);
}

const p99Of = (latencies: readonly number[]): number => quantile(sorted(latencies), 0.99);

async function makeKey({ port, rootKey }: NoiseOptions, fields: object): Promise<string> {
  const body = Buffer.from(JSON.stringify({ name: 'bench', ...fields }));
  const headers = { 'x-api-key': rootKey, 'content-type': 'application/json' };
  const { status, text } = await sendRequest(
    port,
    { path: '/api/keys', headers, body },
    AbortSignal.timeout(10_000),
  );
  if (status !== 201) throw new Error(`The key was refused with ${status}: ${text}`);
  return String((JSON.parse(text) as { secret: unknown }).secret);
}
