import { logRequests } from '../load/drafts.ts';
import { Load } from '../load/load.ts';
import { nodeCommand, ServerProcess } from '../server-process.ts';
import type { Place, Site } from '../site.ts';
import { drained, type Drained } from './drained.ts';

/** A topic with activities, which a consumer of the service has stored once. */
export interface FilledStore {
  readonly place: Place;
  readonly events: number;
  /** How fast the consumer stored them. */
  readonly first: Drained;
}

const eventsPerRequest = 1000;
// Nothing is measured here, so a slow machine need not refuse anything.
const connections = 1;

const storeOfSite = new WeakMap<Site, Promise<FilledStore>>();

/** Returns a topic and a store with at least so many activities, which the service itself wrote. The works of a run share it. */
export function filledStore(site: Site, minEvents: number): Promise<FilledStore> {
  const known = storeOfSite.get(site);
  if (known !== undefined) return known;
  const filling = fillStore(site, minEvents);
  storeOfSite.set(site, filling);
  return filling;
}

async function fillStore(site: Site, minEvents: number): Promise<FilledStore> {
  const place = await site.place();
  const api = await ServerProcess.start({
    command: nodeCommand('apps/api/src/main.ts'),
    environment: place.environment,
  });
  const requests = logRequests('json', eventsPerRequest);
  const load = new Load({ port: api.port, connections, requests, status: 202 });
  try {
    await load.run({ requests: Math.ceil(minEvents / eventsPerRequest) });
  } finally {
    await load.stop();
    await api.stop();
  }
  const events = await site.recordsIn(place.topic);
  const consumer = { command: nodeCommand('apps/consumer/src/main.ts'), environment: place.environment };
  const first = await drained(site, place.database, consumer, events);
  return { place, events, first };
}
