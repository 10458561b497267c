import type { Activity, ActivityFilter } from '../api/activity.ts';
import type { Connection } from '../http/connection.ts';
import { pauseAfter, sleep } from '../http/pauses.ts';
import { ConnectionError, isTransient, ProblemError } from '../http/problem-error.ts';
import { filterText } from './query-text.ts';
import { serverSentEvents } from './server-sent-events.ts';

/** Where the tail begins. */
export interface TailOptions extends ActivityFilter {
  /** The cursor of the last activity that you have. Default: the tail begins with the next activity. */
  readonly cursor?: string | undefined;
  /** Ends the tail. It then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
  /** The tail connects again if nothing comes for so long, in ms. Default: 45,000, three heartbeats of the service. */
  readonly idleTimeoutMs?: number | undefined;
  /** Called before each new connection, with the reason. */
  readonly onReconnect?: ((reason: unknown) => void) | undefined;
}

/** An activity of the tail. */
export interface TailEvent {
  readonly activity: Activity;
  /** The position after the activity. */
  readonly cursor: string;
}

const defaultIdleTimeoutMs = 45_000;

/** Follows new activities. After an outage it continues behind the last activity, so that it neither misses nor repeats any. */
export async function* followTail(
  connection: Connection,
  { cursor, signal, idleTimeoutMs = defaultIdleTimeoutMs, onReconnect, ...filter }: TailOptions,
): AsyncGenerator<TailEvent, void, undefined> {
  let position = cursor;
  for (let failures = 0; ; failures += 1) {
    let reason: unknown = new ConnectionError('The service ended the stream.');
    const stream = new Stream(connection, filterText(filter), idleTimeoutMs, signal);
    try {
      for await (const { id, data } of serverSentEvents(stream.chunks(position))) {
        position = id === '' ? position : id;
        failures = 0;
        if (data !== '') yield { activity: JSON.parse(data) as Activity, cursor: id };
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!isTransient(error)) throw error;
      reason = error;
    } finally {
      stream.close();
    }
    onReconnect?.(reason);
    await sleep(pauseAfter(reason, failures), signal);
  }
}

/** One connection to the stream. */
class Stream {
  readonly #connection: Connection;
  readonly #query: URLSearchParams;
  readonly #idleMs: number;
  readonly #controller: AbortController = new AbortController();
  readonly #signal: AbortSignal | undefined;
  readonly #stop = (): void => this.#controller.abort(this.#signal?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    connection: Connection,
    query: URLSearchParams,
    idleMs: number,
    signal: AbortSignal | undefined,
  ) {
    this.#connection = connection;
    this.#query = query;
    this.#idleMs = idleMs;
    this.#signal = signal;
    signal?.throwIfAborted();
    signal?.addEventListener('abort', this.#stop, { once: true });
  }

  async *chunks(position: string | undefined): AsyncGenerator<string, void, undefined> {
    try {
      this.#expectSoon();
      const call = {
        path: '/api/logs/stream',
        query: this.#query,
        headers: position === undefined ? {} : { 'last-event-id': position },
      };
      const response = await this.#connection.open(call, this.#controller.signal);
      if (!response.ok) throw await ProblemError.of(response);
      // Not every browser can iterate over a body.
      const body: ReadableStream<Uint8Array> | null = response.body;
      const reader = body?.getReader();
      const decoder = new TextDecoder();
      for (;;) {
        this.#expectSoon();
        const chunk = await reader?.read();
        clearTimeout(this.#timer);
        if (chunk?.value === undefined) return;
        yield decoder.decode(chunk.value, { stream: true });
      }
    } catch (error) {
      this.#controller.signal.throwIfAborted();
      throw error instanceof ProblemError
        ? error
        : new ConnectionError('The stream broke off.', { cause: error });
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#stop);
    this.#controller.abort();
  }

  #expectSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#controller.abort(new ConnectionError(`Nothing came for ${this.#idleMs} ms.`)),
      this.#idleMs,
    );
  }
}
