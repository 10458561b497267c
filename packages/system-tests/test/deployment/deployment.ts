import { setTimeout as delay } from 'node:timers/promises';
import {
  type Exposition,
  parsePrometheusText,
  type ServiceOptions,
  ServiceProcess,
} from '@user-activity/test-kit';
import { kafkaBrokers, mongodbUri } from '@user-activity/test-kit/shared';
import { expect, onTestFinished } from 'vitest';

let deployments = 0;

/** Adds a function to call at the end of a test. A concurrent test has its own, in its context. */
export type OnFinished = typeof onTestFinished;

/** Processes of the service with a topic and a database of their own. They end with the test. */
export class Deployment {
  readonly topic: string;
  readonly database: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly #onFinished: OnFinished;

  constructor({
    brokers = kafkaBrokers(),
    uri = mongodbUri(),
    onFinished = onTestFinished,
  }: { brokers?: readonly string[]; uri?: string; onFinished?: OnFinished } = {}) {
    deployments += 1;
    this.#onFinished = onFinished;
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
    return this.#start({ app, environment });
  }

  /** Starts a program that is no app of this workspace. */
  run(main: string, args: readonly string[]): ServiceProcess {
    return this.#start({ main, args });
  }

  #start(options: ServiceOptions): ServiceProcess {
    const environment = { ...this.environment, ...options.environment };
    const service = new ServiceProcess({ ...options, environment });
    this.#onFinished(async () => {
      await service.end('SIGKILL');
    });
    return service;
  }
}

const json = { 'content-type': 'application/json' };

export const post = (
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(`${url}/api/logs`, {
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify(body),
  });

/** Resolves with an activity once it is stored. */
export async function stored(url: string, id: string): Promise<unknown> {
  for (;;) {
    const response = await fetch(`${url}/api/logs/${id}`);
    if (response.status === 200) return response.json();
    await delay(20);
  }
}

/** Returns the metrics of a process. */
export async function scraped(url: string, headers: Record<string, string> = {}): Promise<Exposition> {
  const response = await fetch(`${url}/metrics`, { headers });
  expect(response.status).toBe(200);
  return parsePrometheusText(await response.text());
}

/** Waits until the condition holds. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(50);
}

const senders = 4;

/**
 * Logs activities of a hundred users until it is stopped or a request gets no answer, and collects the ids by outcome. Each sender pauses
 * for `pauseMs` after each answer. Default: 1.
 */
export class Load {
  readonly accepted: string[] = [];
  readonly refused: Response[] = [];
  /** The ids whose activities may or may not be stored: their requests were refused, or got no answer. */
  readonly unsure: string[] = [];
  #going = true;
  readonly #done: Promise<unknown>;
  readonly #pauseMs: number;
  #made = 0;

  constructor(url: string, { pauseMs = 1 }: { readonly pauseMs?: number } = {}) {
    this.#pauseMs = pauseMs;
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
      const answer = post(url, { id, userId: `user-${this.#made % 100}`, type: 'VIEW' });
      const response = await answer.catch(() => undefined);
      if (response?.status === 202) this.accepted.push(id);
      else this.unsure.push(id);
      if (response === undefined) return;
      if (response.status !== 202) this.refused.push(response);
      await delay(this.#pauseMs);
    }
  }
}

/** Waits until all accepted activities are stored, and expects each once and no others. */
export async function allStored(url: string, { accepted, unsure }: Load): Promise<void> {
  const lastMissing = async (): Promise<string | undefined> => {
    const ids = new Set(await storedIds(url));
    return accepted.findLast((id) => !ids.has(id));
  };
  // Reading all pages is expensive, so this waits for one missing activity before it reads them again.
  for (let id = await lastMissing(); id !== undefined; id = await lastMissing()) await stored(url, id);
  const maybe = new Set(unsure);
  const ids = (await storedIds(url)).filter((id) => !maybe.has(id));
  expect(ids.toSorted()).toEqual(accepted.toSorted());
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
