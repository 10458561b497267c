import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { inDatabase } from '@user-activity/test-kit';
import { draftOf, makeLogRequests } from '../load/drafts.ts';
import { Load } from '../load/load.ts';
import { measureAlternately, type Sample, type Side } from '../measure/measure-alternately.ts';
import { quantile } from '../measure/statistics.ts';
import type { Place, Site } from '../site.ts';
import { getFilledStore } from './get-filled-store.ts';
import { startServiceProcesses } from './running-service.ts';
import type { Work } from './work.ts';

const probesPerSecond = 10;
const pollMs = 1;
const limitMs = 30_000;
const backgroundBatch = 100;
const maxCatchUpMs = 60_000;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends a request. Resolves with the status and the whole body. Does not use `fetch`, which would take longer than the service. */
const send = (port: number, agent: Agent, path: string, body?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const read = (response: IncomingMessage): void => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    };
    request({ port, host: '127.0.0.1', path, method, agent, headers }, read).once('error', reject).end(body);
  });

/** Logs an activity. Resolves with the time from the response 202 until the activity can be read, in ms. */
async function freshnessOf(port: number, agent: Agent, index: number): Promise<number> {
  const { status, text } = await send(port, agent, '/api/logs', JSON.stringify(draftOf(index)));
  if (status !== 202) throw new Error(`The request to log an activity was answered with ${status}: ${text}`);
  const acceptedAt = performance.now();
  const { id } = JSON.parse(text) as { id: string };
  for (;;) {
    const { status: found } = await send(port, agent, `/api/logs/${id}`);
    const ms = performance.now() - acceptedAt;
    if (found === 200) return ms;
    // An overloaded service answers 503. The request is then repeated, and its time counts.
    if ((found !== 404 && found !== 503) || ms > limitMs)
      throw new Error(
        `${Math.round(ms)} ms after the 202, the request for activity ${id} was answered with ${found}.`,
      );
    await delay(pollMs);
  }
}

/** Logs 10 activities per second, and measures the time until each can be read. */
async function measureFreshness(port: number, seconds: number): Promise<Sample> {
  const agent = new Agent({ keepAlive: true });
  const times: Promise<number>[] = [];
  const start = performance.now();
  for (let index = 0; index < probesPerSecond * seconds; index += 1) {
    const wait = start + (index * 1000) / probesPerSecond - performance.now();
    if (wait > 0) await delay(wait);
    times.push(freshnessOf(port, agent, index));
  }
  const milliseconds = await Promise.all(times);
  agent.destroy();
  return { p50Ms: quantile(milliseconds, 0.5), p99Ms: quantile(milliseconds, 0.99) };
}

/** Resolves when all records of a topic are stored. Rejects if this takes more than a minute. */
async function waitUntilStored(site: Site, { topic, database }: Place): Promise<void> {
  const { mongod } = await site.engines();
  const records = await site.recordsIn(topic);
  const deadline = performance.now() + maxCatchUpMs;
  await inDatabase(mongod.uri, database, async (db) => {
    while ((await db.collection('activities').estimatedDocumentCount()) < records) {
      if (performance.now() > deadline)
        throw new Error('The consumer did not store all records within a minute.');
      await delay(20);
    }
  });
}

/** Measures how long after its response 202 an activity can be read. */
export const freshnessWork: Work = {
  name: 'freshness',
  about: 'time from the 202 of an activity until GET /api/logs/{id} finds it, measured 10 times per second',
  run: async (site, scale) => {
    const { first } = await getFilledStore(site, scale.events);
    const place = await site.makePlace();
    const service = await startServiceProcesses(place);
    const { port } = service.api;
    const load = new Load({
      port,
      connections: 4,
      requests: makeLogRequests('json', backgroundBatch),
      status: 202,
    });
    const seconds = scale.seconds * 2;
    const half = Math.round(first.perSecond / 2);
    const sides: readonly (Side & { readonly about: string })[] = [
      { name: 'idle', about: 'without other load', measure: () => measureFreshness(port, seconds) },
      {
        name: 'half',
        about: `under a load of ${half.toLocaleString('en-US')} activities per second in batches of 100, half of what the consumer can store`,
        measure: async () => {
          const [sample] = await Promise.all([
            measureFreshness(port, seconds),
            load.run({ seconds, rate: half / backgroundBatch }),
          ]);
          // Records that are not stored yet must not delay the next measurement.
          await waitUntilStored(site, place);
          return sample;
        },
      },
    ];
    try {
      await measureAlternately(sides, 1);
      const samples = await measureAlternately(sides, scale.rounds);
      return sides.map(({ name, about }) => ({ name, about, samples: samples.get(name) ?? [] }));
    } finally {
      await load.stop();
      await service.stop();
      await site.deleteTopic(place.topic);
    }
  },
};
