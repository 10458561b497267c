import type { Activity, ActivityFilter } from '../api/activity.ts';
import type { Connection } from '../http/connection.ts';
import { pauseAfter, sleep } from '../http/pauses.ts';
import { ConnectionError, isTransient } from '../http/problem-error.ts';
import { filterText } from './query-text.ts';
import { serverSentEvents } from './server-sent-events.ts';
import { TextStream } from './text-stream.ts';

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
    const stream = new TextStream(connection, idleTimeoutMs, signal);
    const headers = position === undefined ? {} : { 'last-event-id': position };
    const call = { path: '/api/logs/stream', query: filterText(filter), headers };
    try {
      for await (const { id, data } of serverSentEvents(stream.chunks(call))) {
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
