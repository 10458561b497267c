import { setTimeout as delay } from 'node:timers/promises';
import {
  type Exposition,
  parsePrometheusText,
  type ServiceOptions,
  ServiceProcess,
} from '@user-activity/test-servers';
import { kafkaBrokers, mongodbUri } from '@user-activity/test-servers/shared';
import { expect, onTestFinished } from 'vitest';

let deployments = 0;

/** API and consumers on a topic and a database of their own. They end with the test. */
export class Deployment {
  readonly topic: string;
  readonly database: string;
  readonly environment: Readonly<Record<string, string>>;

  constructor({
    brokers = kafkaBrokers(),
    uri = mongodbUri(),
  }: { brokers?: readonly string[]; uri?: string } = {}) {
    deployments += 1;
    this.topic = `deployment-${process.pid}-${deployments}`;
    this.database = `deployment_${process.pid}_${deployments}`;
    this.environment = {
      KAFKA_BROKERS: brokers.join(),
      KAFKA_TOPIC: this.topic,
      KAFKA_GROUP_ID: this.topic,
      KAFKA_PARTITIONS: '6',
      MONGODB_URI: uri,
      MONGODB_DATABASE: this.database,
    };
  }

  start(
    app: NonNullable<ServiceOptions['app']>,
    environment: Readonly<Record<string, string>> = {},
  ): ServiceProcess {
    const service = new ServiceProcess({ app, environment: { ...this.environment, ...environment } });
    onTestFinished(async () => {
      await service.end('SIGKILL');
    });
    return service;
  }
}

const json = { 'content-type': 'application/json' };

export const post = (url: string, body: unknown): Promise<Response> =>
  fetch(`${url}/api/logs`, { method: 'POST', headers: json, body: JSON.stringify(body) });

/** The one activity, as soon as it is stored. */
export async function stored(url: string, id: string): Promise<unknown> {
  for (;;) {
    const response = await fetch(`${url}/api/logs/${id}`);
    if (response.status === 200) return response.json();
    await delay(20);
  }
}

/** What a process measured. */
export async function scraped(url: string, headers: Record<string, string> = {}): Promise<Exposition> {
  const response = await fetch(`${url}/metrics`, { headers });
  expect(response.status).toBe(200);
  return parsePrometheusText(await response.text());
}

/** Waits until it is so. */
export async function until(so: () => Promise<boolean>): Promise<void> {
  while (!(await so())) await delay(50);
}

/** Logs activities of a hundred users one after the other until it is told to stop, and notes what came of each. */
export class Load {
  readonly accepted: string[] = [];
  readonly refused: Response[] = [];
  #going = true;
  readonly #done: Promise<unknown>;
  #made = 0;

  constructor(url: string, senders = 4) {
    this.#done = Promise.all(Array.from({ length: senders }, () => this.#send(url)));
  }

  async stop(): Promise<void> {
    this.#going = false;
    await this.#done;
  }

  async #send(url: string): Promise<void> {
    while (this.#going) {
      this.#made += 1;
      const id = `load-${this.#made}`;
      const response = await post(url, { id, userId: `user-${this.#made % 100}`, type: 'VIEW' });
      if (response.status === 202) this.accepted.push(id);
      else this.refused.push(response);
    }
  }
}

/** Waits until as many are stored as were accepted: those and no others. */
export async function allStored(url: string, { accepted }: Load): Promise<void> {
  await until(async () => (await storedIds(url)).length >= accepted.length);
  expect((await storedIds(url)).toSorted()).toEqual(accepted.toSorted());
}

async function storedIds(url: string): Promise<string[]> {
  const ids: string[] = [];
  for (let path: string | undefined = '/api/logs?limit=500'; path !== undefined; ) {
    const response = await fetch(`${url}${path}`);
    const page = (await response.json()) as {
      data: { id: string }[];
      pagination: { nextCursor: string | null };
    };
    ids.push(...page.data.map(({ id }) => id));
    const { nextCursor } = page.pagination;
    path = nextCursor === null ? undefined : `/api/logs?limit=500&cursor=${encodeURIComponent(nextCursor)}`;
  }
  return ids;
}
