import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from './deployment.ts';
import { apiKey, type Kept } from './kinds-of-service.ts';

/** The secret from which the replacements of anonymised users are made. */
export const anonymisationKey = 'a-secret-of-thirty-two-characters';

/** The user that tests erase. */
export const erasedUser = 'anna@example.org';
/** Every user of `logMany`. */
export const users = [erasedUser, ...Array.from({ length: 5 }, (_, index) => `user-${index}`)];

interface Draft {
  readonly id: string;
  readonly userId: string;
  readonly type: string;
  readonly metadata?: object;
}

/** A client that logs activities of several users, and erases users. */
export class UserClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Returns the answer as JSON. A read that a busy process sheds is sent again. */
  async get(path: string): Promise<unknown> {
    for (;;) {
      const response = await this.#send('GET', path);
      const body = await response.text();
      if (response.status === 200) return JSON.parse(body) as unknown;
      if (response.status !== 503) throw new Error(`${path} was answered ${response.status}: ${body}`);
      await delay(100);
    }
  }

  /** Logs activities with the ids `<prefix>-0` to `<prefix>-<total - 1>`, the same number for each user. */
  async logMany(prefix: string, total: number): Promise<void> {
    const drafts = Array.from({ length: total }, (_, index) => {
      const userId = users[index % users.length];
      return { id: `${prefix}-${index}`, userId, type: 'VIEW', metadata: { of: userId } };
    });
    assert.equal((await this.#send('POST', '/api/logs/batch', drafts)).status, 202);
  }

  async log(draft: Draft): Promise<void> {
    assert.equal((await this.#send('POST', '/api/logs', draft)).status, 202);
  }

  async count(query = ''): Promise<number> {
    return ((await this.get(`/api/logs/count?${query}`)) as { count: number }).count;
  }

  async untilStored(total: number): Promise<void> {
    await until(async () => (await this.count()) === total);
  }

  async list(query = ''): Promise<readonly Kept[]> {
    return ((await this.get(`/api/logs?order=asc&limit=500&${query}`)) as { data: Kept[] }).data;
  }

  async idsOf(userId: string): Promise<readonly string[]> {
    return (await this.list(`userId=${encodeURIComponent(userId)}`)).map(({ id }) => id);
  }

  async letters(): Promise<readonly unknown[]> {
    return ((await this.get('/api/dead-letters')) as { data: unknown[] }).data;
  }

  /** Requests the erasure of the user. Returns the id of the erasure. */
  async erase(userId: string, mode = 'erase'): Promise<string> {
    const response = await this.#send('DELETE', `/api/users/${encodeURIComponent(userId)}/logs?mode=${mode}`);
    assert.equal(response.status, 202);
    const { id } = (await response.json()) as { id: string };
    assert.equal(response.headers.get('location'), `/api/erasures/${id}`);
    return id;
  }

  async statusOf(id: string): Promise<{ readonly status: string; readonly erased: number }> {
    return (await this.get(`/api/erasures/${id}`)) as { status: string; erased: number };
  }

  /** Waits until the erasure is done. Returns the number of erased activities. */
  async untilDone(id: string): Promise<number> {
    await until(async () => (await this.statusOf(id)).status === 'done');
    return (await this.statusOf(id)).erased;
  }

  #send(method: string, path: string, body?: object): Promise<Response> {
    const init = {
      method,
      headers: { 'x-api-key': apiKey, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    return fetch(`${this.#url}${path}`, init);
  }
}

/** Logs activities of the erased user, one after the other, until it is stopped. */
export class SteadyUser {
  /** The ids that were accepted, in order. */
  readonly accepted: string[] = [];
  /** The number of requests that were begun. The ids are `<prefix>-0` to `<prefix>-<begun - 1>`. */
  begun = 0;
  #going = true;
  readonly #done: Promise<void>;

  constructor(client: UserClient, prefix: string) {
    this.#done = this.#run(client, prefix);
  }

  async untilAccepted(count: number): Promise<void> {
    await until(async () => this.accepted.length >= count);
  }

  async stop(): Promise<void> {
    this.#going = false;
    await this.#done;
  }

  async #run(client: UserClient, prefix: string): Promise<void> {
    while (this.#going) {
      const id = `${prefix}-${this.begun}`;
      this.begun += 1;
      await client.log({ id, userId: erasedUser, type: 'STEADY' });
      this.accepted.push(id);
      await delay(10);
    }
  }
}
