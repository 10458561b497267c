import { setTimeout as delay } from 'node:timers/promises';
import { type ActivityJson, parseJson } from '@user-activity/domain';
import { EventSource } from 'eventsource';
import { projects } from '../projects.ts';

const pauseMs = 250;
const timeoutMs = 10_000;
const maxCatchUpMs = 60_000;

/** The activities that a follower of a project's feed received, in the order in which it received them. */
export type ReceivedFeed = readonly ActivityJson[];

/** Two followers for the feed of each project: one polls, the other reads the stream. Both start at the beginning, and use any API that is ready. */
export class Followers {
  readonly #pollers: readonly Poller[];
  readonly #listeners: readonly Listener[];

  constructor(url: () => string) {
    this.#pollers = projects.map((project) => new Poller(project, url));
    this.#listeners = projects.map((project) => new Listener(project, url));
  }

  /** Follows until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(
      [...this.#pollers, ...this.#listeners].map(async (follower) => {
        while (!signal.aborted) {
          await follower.step(signal).catch(() => undefined);
          await delay(pauseMs, undefined, { signal }).catch(() => undefined);
        }
      }),
    );
  }

  /** Reads the rest of the feeds, for at most 60 s. Returns what the followers of each project received. */
  async finish(): Promise<ReadonlyMap<string, readonly ReceivedFeed[]>> {
    const signal = AbortSignal.timeout(maxCatchUpMs);
    for (const poller of this.#pollers)
      while (!signal.aborted && !poller.isAtEnd) await poller.step(signal).catch(() => delay(pauseMs));
    for (const [index, listener] of this.#listeners.entries()) {
      const expected = this.#pollers[index]?.found.length ?? 0;
      while (!signal.aborted && listener.found.length < expected) {
        await listener.step(signal).catch(() => undefined);
        await delay(pauseMs);
      }
      listener.close();
    }
    return new Map(
      projects.map((project, index) => [
        project,
        [this.#pollers[index]?.found ?? [], this.#listeners[index]?.found ?? []],
      ]),
    );
  }
}

interface Page {
  readonly data: readonly ActivityJson[];
  readonly pagination: { readonly nextCursor: string; readonly hasMore: boolean };
}

/** Follows a feed by reading page after page. */
class Poller {
  readonly found: ActivityJson[] = [];
  readonly #project: string;
  readonly #url: () => string;
  #cursor = '';
  #isAtEnd = false;

  constructor(project: string, url: () => string) {
    this.#project = project;
    this.#url = url;
  }

  /** Whether the latest page was empty, and no page follows it. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** Reads the next page, which may be empty. */
  async step(signal: AbortSignal): Promise<void> {
    const cursor = this.#cursor === '' ? '' : `&cursor=${this.#cursor}`;
    const response = await fetch(`${this.#url()}/api/logs/feed?limit=500&wait=1${cursor}`, {
      headers: { 'x-project': this.#project },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    if (response.status !== 200)
      throw new Error(`The request for the feed was answered with ${response.status}.`);
    const { data, pagination } = parseJson(await response.text()) as unknown as Page;
    this.found.push(...data);
    this.#cursor = pagination.nextCursor;
    this.#isAtEnd = data.length === 0 && !pagination.hasMore;
  }
}

/** Follows a feed by reading its stream of server-sent events. */
class Listener {
  readonly found: ActivityJson[] = [];
  readonly #project: string;
  readonly #url: () => string;
  #source: EventSource | undefined;
  #position: string | undefined;

  constructor(project: string, url: () => string) {
    this.#project = project;
    this.#url = url;
  }

  /** Opens the stream if it is closed. `EventSource` reconnects by itself after a lost connection, but not after a response 503. */
  async step(signal: AbortSignal): Promise<void> {
    this.#position ??= await this.#beginning(signal);
    if (this.#source !== undefined && this.#source.readyState !== EventSource.CLOSED) return;
    const source = new EventSource(`http://api/api/logs/stream?cursor=${this.#position}`, {
      fetch: (path, init) => {
        const { pathname, search } = new URL(path);
        const headers = { ...init.headers, 'x-project': this.#project };
        return fetch(`${this.#url()}${pathname}${search}`, { ...init, headers });
      },
    });
    source.addEventListener('message', ({ data, lastEventId }) => {
      this.found.push(parseJson(String(data)) as unknown as ActivityJson);
      this.#position = lastEventId;
    });
    this.#source = source;
  }

  close(): void {
    this.#source?.close();
  }

  /** Returns the position at the end of the feed. Before the load begins, the feed is empty, so this is also its beginning. */
  async #beginning(signal: AbortSignal): Promise<string> {
    const response = await fetch(`${this.#url()}/api/logs/feed?from=now`, {
      headers: { 'x-project': this.#project },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const { pagination } = (await response.json()) as Page;
    return pagination.nextCursor;
  }
}
