import { setTimeout as delay } from 'node:timers/promises';
import { ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import { onTestFinished } from 'vitest';
import { Deployment, type OnFinished } from './deployment.ts';

/** The API key of each service. */
export const apiKey = 'our-write-key';

/** An activity, without the fields that the service adds. */
export interface Kept {
  readonly id: string;
  readonly userId: string;
  readonly type: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
}

/** Starts all processes on the same data. Clients use the first one, which listens on the port. */
type Start = (port: string) => readonly ServiceProcess[];

/** A service of one or more processes, as its clients see it. It is empty, requires an API key, and ends with the test. */
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

  /** Kills all processes. */
  async kill(): Promise<void> {
    await Promise.all(this.#processes.map((each) => each.end('SIGKILL')));
  }

  /** Starts the killed service again at the same URL. */
  async restart(): Promise<void> {
    this.#processes = this.#start(new URL(this.url).port);
    await firstReady(this.#processes);
  }

  /** Returns the data of a page. */
  async list<One>(path: string): Promise<readonly One[]> {
    return ((await this.#asked(200, path)) as { data: One[] }).data;
  }

  /** Waits until all earlier activities of the user are stored or dead letters. Returns the dead letters. */
  async deadLettersAfterAll(userId: string): Promise<readonly unknown[]> {
    // Dead letters are added between their batch and the partition's next batch, which holds the second marker.
    for (const id of ['marker-1', 'marker-2'])
      await this.#asked(201, '/api/logs', {
        method: 'POST',
        headers: { 'content-type': 'application/json', prefer: 'wait=30' },
        body: JSON.stringify({ id, userId, type: 'MARKER' }),
      });
    return this.list('/api/dead-letters');
  }

  /** Returns all activities in the order of their times, once they meet the condition. */
  async stored(condition: (all: readonly Kept[]) => boolean): Promise<readonly Kept[]> {
    for (;;) {
      const all = await this.list<Kept>('/api/logs?order=asc&limit=500');
      if (condition(all)) return all;
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

interface ServiceOptions {
  /** Further variables of every process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Registers the end of the service. A test that runs beside others needs its own. */
  readonly onFinished?: OnFinished;
}

function embedded({ environment, onFinished = onTestFinished }: ServiceOptions = {}): Promise<Service> {
  const folder = temporaryFolder('sdks');
  onFinished(() => folder.remove());
  return Service.started((PORT) => {
    const service = new ServiceProcess({
      folder: folder.path,
      environment: { API_KEYS: apiKey, PORT, ...environment },
    });
    onFinished(async () => {
      await service.end('SIGKILL');
    });
    return [service];
  });
}

function onServers({ environment, onFinished = onTestFinished }: ServiceOptions = {}): Promise<Service> {
  const deployment = new Deployment({ onFinished });
  return Service.started((PORT) => [
    deployment.start('api', { API_KEYS: apiKey, PORT, ...environment }),
    deployment.start('consumer', environment),
  ]);
}

/** Starts a service that ends with the test. */
export type StartService = (options?: ServiceOptions) => Promise<Service>;

/** The two kinds of service, each with the function that starts one. */
export const kindsOfService: readonly (readonly [string, StartService])[] = [
  ['the embedded default', embedded],
  ['API and consumer on Kafka and MongoDB', onServers],
];
