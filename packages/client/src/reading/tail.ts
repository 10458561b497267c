import type { Activity, ActivityFilter } from '../api/activity.ts';
import type { Connection } from '../http/connection.ts';
import { checkNumbers } from '../shared/check-numbers.ts';
import { waitBeforeRetry } from '../http/pauses.ts';
import { ConnectionError } from '../http/problem-error.ts';
import { filterParameters } from './query-parameters.ts';
import { serverSentEvents } from './server-sent-events.ts';
import { textChunks } from './text-chunks.ts';

/** Where the tail begins, which activities it yields, and when it reconnects. */
export interface TailOptions extends ActivityFilter {
  /** The `cursor` of the last activity that you have processed. Default: the tail begins with the next new activity. */
  readonly cursor?: string | undefined;
  /** Ends the tail, which then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The tail reconnects if it receives nothing for this time, in ms. Default: 45,000, because the service sends a heartbeat every 15 s.
   */
  readonly idleTimeoutMs?: number | undefined;
  /** Called when a connection is established: the first one, and each one after an outage. */
  readonly onConnect?: (() => void) | undefined;
  /** Called before each attempt to reconnect, with the error that ended the previous connection or attempt. */
  readonly onReconnect?: ((reason: unknown) => void) | undefined;
}

/** An activity that the tail yields. */
export interface TailEvent {
  readonly activity: Activity;
  /** The position after the activity. */
  readonly cursor: string;
}

const defaultIdleTimeoutMs = 45_000;

/** Yields new activities as they arrive. After an outage, it continues after the last activity, so it neither misses nor repeats any. */
export async function* followTail(
  connection: Connection,
  { cursor, signal, idleTimeoutMs = defaultIdleTimeoutMs, onConnect, onReconnect, ...filter }: TailOptions,
): AsyncGenerator<TailEvent, void, undefined> {
  checkNumbers(1, { idleTimeoutMs });
  let position = cursor;
  let hasAnswered = false;
  for (let failures = 0; ; failures += 1) {
    const call = {
      path: '/api/logs/stream',
      query: filterParameters(filter),
      headers: { ...(position !== undefined && { 'last-event-id': position }) },
      signal,
    };
    const chunks = textChunks(connection, call, 'text/event-stream', idleTimeoutMs);
    let announce = onConnect;
    try {
      for await (const { id, data } of serverSentEvents(chunks)) {
        position = id || position;
        failures = 0;
        hasAnswered = true;
        // The service sends a position as soon as it accepts the connection, so this does not wait for an activity.
        announce?.();
        announce = undefined;
        if (data !== '') yield { activity: JSON.parse(data) as Activity, cursor: id };
      }
      throw new ConnectionError('The stream ended.');
    } catch (error) {
      await waitBeforeRetry(error, failures, hasAnswered, signal, onReconnect);
    }
  }
}
