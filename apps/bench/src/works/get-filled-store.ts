import { makeLogRequests } from '../load/drafts.ts';
import { Load } from '../load/load.ts';
import { nodeCommand, ServerProcess } from '../server-process.ts';
import type { Place, Site } from '../site.ts';
import { measureDrain, type DrainRate } from './measure-drain.ts';

/** A topic full of activities, and a database in which a consumer of the service has stored them. */
export interface FilledStore {
  readonly place: Place;
  /** The number of activities. */
  readonly events: number;
  /** How fast the consumer stored the activities. */
  readonly first: DrainRate;
}

const eventsPerRequest = 1000;
// This load is not measured. With one connection, even a slow service need not refuse a request.
const connections = 1;

const storeOfSite = new WeakMap<Site, Promise<FilledStore>>();

/** Returns a topic and a store with at least `minEvents` activities. The first call of a run fills them, and later calls return the same ones. */
export function getFilledStore(site: Site, minEvents: number): Promise<FilledStore> {
  const known = storeOfSite.get(site);
  if (known !== undefined) return known;
  const filling = fillStore(site, minEvents);
  storeOfSite.set(site, filling);
  return filling;
}

async function fillStore(site: Site, minEvents: number): Promise<FilledStore> {
  const place = await site.makePlace();
  const api = await ServerProcess.start({
    command: nodeCommand('apps/api/src/main.ts'),
    environment: place.environment,
  });
  const requests = makeLogRequests('json', eventsPerRequest);
  const load = new Load({ port: api.port, connections, requests, status: 202 });
  try {
    await load.run({ requests: Math.ceil(minEvents / eventsPerRequest) });
  } finally {
    await load.stop();
    await api.stop();
  }
  const events = await site.recordsIn(place.topic);
  const consumer = { command: nodeCommand('apps/consumer/src/main.ts'), environment: place.environment };
  const first = await measureDrain(site, place.database, consumer, events);
  return { place, events, first };
}
