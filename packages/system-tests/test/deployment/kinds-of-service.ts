import { setTimeout as delay } from 'node:timers/promises';
import { ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import { onTestFinished } from 'vitest';
import { Deployment } from './deployment.ts';

/** What a client of such a service needs to say. */
export const apiKey = 'our-write-key';

/** An activity, without what the service itself adds. */
export interface Kept {
  readonly id: string;
  readonly userId: string;
  readonly type: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
}

/** Starts all processes on what is stored already; the first is the one that clients speak to, on that port. */
type Start = (port: string) => readonly ServiceProcess[];

/** A service as its clients see it, whatever it is made of. It is empty, wants an API key, and ends with the test. */
export class Service {
  readonly url: string;
  readonly #start: Start;
  #processes: readonly ServiceProcess[];

  private constructor(start: Start, processes: readonly ServiceProcess[], url: string) {
    this.url = url;
    this.#start = start;
    this.#processes = processes;
  }

  static async started(start: Start): Promise<Service> {
    const processes = start('0');
    return new Service(start, processes, await firstReady(processes));
  }

  /** Ends all of it with no time to tidy up. */
  async kill(): Promise<void> {
    await Promise.all(this.#processes.map((each) => each.end('SIGKILL')));
  }

  /** Starts it where it was, once it is killed. */
  async restart(): Promise<void> {
    this.#processes = this.#start(new URL(this.url).port);
    await firstReady(this.#processes);
  }

  /** The data of a page. */
  async list<One>(path: string): Promise<readonly One[]> {
    return ((await this.#asked(200, path)) as { data: One[] }).data;
  }

  /** The dead letters, once all that was sent of the user before is stored or among them. */
  async lettersAfterAll(userId: string): Promise<readonly unknown[]> {
    // Letters are added after their batch is stored, and before the next batch of the partition: the second marker is in that.
    for (const id of ['marker-1', 'marker-2'])
      await this.#asked(201, '/api/logs', {
        method: 'POST',
        headers: { 'content-type': 'application/json', prefer: 'wait=30' },
        body: JSON.stringify({ id, userId, type: 'MARKER' }),
      });
    return this.list('/api/dead-letters');
  }

  /** All that is stored, in the order of its times, once it is so. */
  async stored(so: (all: readonly Kept[]) => boolean): Promise<readonly Kept[]> {
    for (;;) {
      const all = await this.list<Kept>('/api/logs?order=asc&limit=500');
      if (so(all)) return all;
      await delay(20);
    }
  }

  async #asked(status: number, path: string, init: RequestInit = {}): Promise<unknown> {
    const headers = new Headers(init.headers);
    headers.set('x-api-key', apiKey);
    const response = await fetch(`${this.url}${path}`, { ...init, headers });
    const answer = await response.text();
    if (response.status !== status) throw new Error(`${path} was answered ${response.status}: ${answer}`);
    return JSON.parse(answer) as unknown;
  }
}

async function firstReady(processes: readonly ServiceProcess[]): Promise<string> {
  const [url = ''] = await Promise.all(processes.map((each) => each.ready()));
  return url;
}

function embedded(): Promise<Service> {
  const folder = temporaryFolder('sdks');
  onTestFinished(() => folder.remove());
  return Service.started((PORT) => {
    const service = new ServiceProcess({ folder: folder.path, environment: { API_KEYS: apiKey, PORT } });
    onTestFinished(async () => {
      await service.end('SIGKILL');
    });
    return [service];
  });
}

function onServers(): Promise<Service> {
  const deployment = new Deployment();
  return Service.started((PORT) => [
    deployment.start('api', { API_KEYS: apiKey, PORT }),
    deployment.start('consumer'),
  ]);
}

/** Both kinds that there are, and how one is started. */
export const kindsOfService: readonly (readonly [string, () => Promise<Service>])[] = [
  ['the embedded default', embedded],
  ['API and consumer on Kafka and MongoDB', onServers],
];
