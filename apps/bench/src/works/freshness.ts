import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { inDatabase } from '@user-activity/test-kit';
import { draftOf, logRequests } from '../load/drafts.ts';
import { Load } from '../load/load.ts';
import { alternate, type Sample, type Side } from '../measure/alternate.ts';
import { quantile } from '../measure/statistics.ts';
import type { Place, Site } from '../site.ts';
import { filledStore } from './filled-store.ts';
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

/** Sends a request, and resolves with the whole answer. `fetch` would take longer than the service. */
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

/** Logs an activity. Resolves with the time from its 202 until it can be read, in ms. */
async function freshnessOf(port: number, agent: Agent, index: number): Promise<number> {
  const { status, text } = await send(port, agent, '/api/logs', JSON.stringify(draftOf(index)));
  if (status !== 202) throw new Error(`An activity got ${status}: ${text}`);
  const acceptedAt = performance.now();
  const { id } = JSON.parse(text) as { id: string };
  for (;;) {
    const { status: found } = await send(port, agent, `/api/logs/${id}`);
    const ms = performance.now() - acceptedAt;
    if (found === 200) return ms;
    // A service that sheds load answers 503: ask again, and count the time.
    if ((found !== 404 && found !== 503) || ms > limitMs)
      throw new Error(`After ${Math.round(ms)} ms, ${id} got ${found}.`);
    await delay(pollMs);
  }
}

async function probe(port: number, seconds: number): Promise<Sample> {
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

/** Resolves when all records of a topic are stored. Rejects if that takes longer than a minute. */
async function caughtUp(site: Site, { topic, database }: Place): Promise<void> {
  const { mongod } = await site.engines();
  const records = await site.recordsIn(topic);
  const deadline = performance.now() + maxCatchUpMs;
  await inDatabase(mongod.uri, database, async (db) => {
    while ((await db.collection('activities').estimatedDocumentCount()) < records) {
      if (performance.now() > deadline) throw new Error('The consumer has not caught up within a minute.');
      await delay(20);
    }
  });
}

/** How long after its 202 an activity can be read. */
export const freshness: Work = {
  name: 'freshness',
  about: 'from the 202 of an activity until GET /api/logs/{id} finds it, 10 per second',
  run: async (site, scale) => {
    const { first } = await filledStore(site, scale.events);
    const place = await site.place();
    const service = await startServiceProcesses(place);
    const { port } = service.api;
    const load = new Load({
      port,
      connections: 4,
      requests: logRequests('json', backgroundBatch),
      status: 202,
    });
    const seconds = scale.seconds * 2;
    const half = Math.round(first.perSecond / 2);
    const sides: readonly (Side & { readonly about: string })[] = [
      { name: 'idle', about: 'without other load', measure: () => probe(port, seconds) },
      {
        name: 'half',
        about: `beside ${half.toLocaleString('en-US')} per second in batches of 100, half of what the consumer stored alone`,
        measure: async () => {
          const [sample] = await Promise.all([
            probe(port, seconds),
            load.run({ seconds, rate: half / backgroundBatch }),
          ]);
          // What is left must not delay the next measurement.
          await caughtUp(site, place);
          return sample;
        },
      },
    ];
    try {
      await alternate(sides, 1);
      const samples = await alternate(sides, scale.rounds);
      return sides.map(({ name, about }) => ({ name, about, samples: samples.get(name) ?? [] }));
    } finally {
      await load.stop();
      await service.stop();
      await site.deleteTopic(place.topic);
    }
  },
};
