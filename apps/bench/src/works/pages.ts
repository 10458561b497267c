import { inDatabase } from '@user-activity/test-kit';
import { makeGetRequest } from '../load/drafts.ts';
import { Load } from '../load/load.ts';
import { measureAlternately, type Side } from '../measure/measure-alternately.ts';
import { cpuTimeOf } from '../measure/cpu-time.ts';
import { nodeCommand, ServerProcess } from '../server-process.ts';
import type { Site } from '../site.ts';
import { type FilledStore, getFilledStore } from './get-filled-store.ts';
import type { Scale, Work } from './work.ts';

const pageSize = 50;
const deepPage = 1000;

interface PageSide extends Side {
  readonly about: string;
  stop(): Promise<void>;
}

/** Makes a side that requests the same page repeatedly. */
function makePageSide(
  name: string,
  about: string,
  server: ServerProcess,
  path: string,
  { callers, seconds }: { readonly callers: number; readonly seconds: number },
): PageSide {
  const load = new Load({
    port: server.port,
    connections: callers,
    requests: [makeGetRequest(path)],
    status: 200,
  });
  return {
    name,
    about,
    measure: async () => {
      server.clearOutput();
      const cpuBefore = cpuTimeOf([server.pid]);
      const { requests, seconds: taken, p50Ms, p99Ms } = await load.run({ seconds });
      const cpuUs = (cpuTimeOf([server.pid]) - cpuBefore) / requests;
      return { perSecond: requests / taken, cpuUs, p50Ms, p99Ms };
    },
    stop: () => load.stop(),
  };
}

/** Returns the path of the page with a number, counted from 1. Follows the cursors of the service to find the path. */
async function pathOfPage(port: number, page: number): Promise<string> {
  const first = `/api/logs?limit=${pageSize}`;
  let path = first;
  for (let number = 1; number < page; number += 1) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    if (response.status !== 200)
      throw new Error(
        `The request for page ${number} was answered with ${response.status}: ${await response.text()}`,
      );
    const { pagination } = (await response.json()) as { pagination?: { nextCursor: string | null } };
    if (!pagination?.nextCursor) throw new Error(`There is no page ${page}: use more --events.`);
    path = `${first}&cursor=${encodeURIComponent(pagination.nextCursor)}`;
  }
  return path;
}

/** Returns the path at which `find-pages.ts` returns the page with a number. The path names the last activity of the previous page. */
async function pathForFindPages(site: Site, { place }: FilledStore, page: number): Promise<string> {
  const { mongod } = await site.engines();
  const sort = { createdAt: -1, _id: -1 } as const;
  const [last] = await inDatabase(mongod.uri, place.database, (db) =>
    db
      .collection<{ _id: string; project: string; createdAt: Date }>('activities')
      .find({ project: 'default' }, { sort, skip: (page - 1) * pageSize - 1, limit: 1 })
      .toArray(),
  );
  if (last === undefined) throw new Error(`There is no page ${page}: use more --events.`);
  return `/?createdAt=${last.createdAt.getTime()}&id=${encodeURIComponent(last._id)}`;
}

/** Makes a work that compares the pages of the service with pages that the MongoDB driver reads. */
function makePageWork(name: string, callers: number): Work {
  return {
    name,
    about: `pages of ${pageSize} activities over HTTP, ${callers === 1 ? 'one caller' : `${callers} callers`}`,
    run: async (site: Site, { rounds, seconds, events }: Scale) => {
      const filled = await getFilledStore(site, events);
      const { environment } = filled.place;
      const servers: ServerProcess[] = [];
      const start = async (file: string): Promise<ServerProcess> => {
        const server = await ServerProcess.start({ command: nodeCommand(file), environment });
        servers.push(server);
        return server;
      };
      const sides: PageSide[] = [];
      try {
        const api = await start('apps/api/src/main.ts');
        const find = await start('apps/bench/src/programs/find-pages.ts');
        const rows = [
          ['product', 'the newest page', api, await pathOfPage(api.port, 1)],
          ['product, deep', 'page 1,000, by its cursor', api, await pathOfPage(api.port, deepPage)],
          [
            'find().toArray()',
            'the newest page, read by the driver and sent by a minimal node:http server',
            find,
            '/',
          ],
          [
            'find().toArray(), deep',
            'page 1,000, after the last activity of page 999',
            find,
            await pathForFindPages(site, filled, deepPage),
          ],
        ] as const;
        for (const [side, about, server, path] of rows)
          sides.push(makePageSide(side, about, server, path, { callers, seconds }));
        await measureAlternately(sides, 1);
        const samples = await measureAlternately(sides, rounds);
        return sides.map(({ name: side, about }) => ({
          name: side,
          about,
          samples: samples.get(side) ?? [],
        }));
      } finally {
        for (const side of sides) await side.stop();
        for (const server of servers) await server.stop();
      }
    },
  };
}

/** The works that measure how fast pages are read. */
export const pageWorks: readonly Work[] = [makePageWork('pages1', 1), makePageWork('pages32', 32)];
