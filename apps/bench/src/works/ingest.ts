import { type Contender, embeddedContenders, kafkaContenders } from '../contenders.ts';
import { makeLogRequests, type BodyFormat } from '../load/drafts.ts';
import { Load } from '../load/load.ts';
import { measureAlternately, type Side } from '../measure/measure-alternately.ts';
import { cpuTimeOf } from '../measure/cpu-time.ts';
import { ServerProcess } from '../server-process.ts';
import type { Site } from '../site.ts';
import type { Scale, SideResult, Work } from './work.ts';

const warmUpRounds = 3;

interface IngestLoad {
  readonly bodyFormat: BodyFormat;
  readonly eventsPerRequest: number;
  readonly connections: number;
}

/** A running contender, with the load for it. */
interface IngestSide extends Side {
  /** Rejects if the number of records on the topic differs from the number of activities that were answered 202. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

async function startSide(
  contender: Contender,
  site: Site,
  load: IngestLoad,
  seconds: number,
): Promise<IngestSide> {
  const { name, isOnKafka, program } = contender;
  const place = isOnKafka ? await site.makePlace() : undefined;
  const server = await ServerProcess.start(
    program({ environment: place?.environment ?? {}, buildFolder: site.folder.path }),
  );
  const sender = new Load({
    port: server.port,
    connections: load.connections,
    requests: makeLogRequests(load.bodyFormat, load.eventsPerRequest),
    status: 202,
  });
  let answered = 0;
  return {
    name,
    measure: async () => {
      server.clearOutput();
      const cpuBefore = cpuTimeOf([server.pid]);
      const { requests, seconds: taken, p50Ms, p99Ms } = await sender.run({ seconds });
      const events = requests * load.eventsPerRequest;
      answered += events;
      const cpuUs = (cpuTimeOf([server.pid]) - cpuBefore) / events;
      return { perSecond: events / taken, cpuUs, p50Ms, p99Ms };
    },
    check: async () => {
      const written = place === undefined ? answered : await site.recordsIn(place.topic);
      if (written !== answered)
        throw new Error(
          `${name} answered 202 for ${answered} activities, but its topic has ${written} records.`,
        );
    },
    stop: async () => {
      await sender.stop();
      await server.stop();
      if (place !== undefined) await site.deleteTopic(place.topic);
    },
  };
}

/** Makes a work in which each contender logs activities as fast as it can, on its own topic. */
function makeIngestWork(
  name: string,
  about: string,
  load: IngestLoad,
  compared: readonly Contender[] = kafkaContenders,
): Work {
  return {
    name,
    about,
    run: async (site: Site, { rounds, seconds }: Scale): Promise<readonly SideResult[]> => {
      const present = compared.filter((contender) => contender.getUnavailableReason?.() === undefined);
      const sides: IngestSide[] = [];
      try {
        for (const contender of present) sides.push(await startSide(contender, site, load, seconds));
        // Rounds to warm up. The first requests of a process are slow, because V8 has not compiled its code yet.
        await measureAlternately(sides, warmUpRounds);
        const samples = await measureAlternately(sides, rounds);
        for (const side of sides) await side.check();
        return compared.map(({ name: side, about: meaning, getUnavailableReason }) => {
          const reason = getUnavailableReason?.();
          const result = { name: side, about: meaning, samples: samples.get(side) ?? [] };
          return reason === undefined ? result : { ...result, missing: reason };
        });
      } finally {
        for (const side of sides) await side.stop();
      }
    },
  };
}

/** The works that measure how fast activities are logged. */
export const ingestWorks: readonly Work[] = [
  makeIngestWork('single', 'one activity per POST, 128 connections', {
    bodyFormat: 'single',
    eventsPerRequest: 1,
    connections: 128,
  }),
  makeIngestWork('batch100', '100 activities per POST as a JSON array, 16 connections', {
    bodyFormat: 'json',
    eventsPerRequest: 100,
    connections: 16,
  }),
  makeIngestWork('batch1000', '1,000 activities per POST as a JSON array, 8 connections', {
    bodyFormat: 'json',
    eventsPerRequest: 1000,
    connections: 8,
  }),
  makeIngestWork('ndjson1000', '1,000 activities per POST as NDJSON, 8 connections', {
    bodyFormat: 'ndjson',
    eventsPerRequest: 1000,
    connections: 8,
  }),
  makeIngestWork(
    'embedded',
    'one activity per POST into a SQLite file, 128 connections',
    { bodyFormat: 'single', eventsPerRequest: 1, connections: 128 },
    embeddedContenders,
  ),
  makeIngestWork(
    'embedded100',
    '100 activities per POST into a SQLite file, 16 connections',
    { bodyFormat: 'json', eventsPerRequest: 100, connections: 16 },
    embeddedContenders,
  ),
];
