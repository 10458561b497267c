import type { Activity, ActivityFilter } from '../api/activity.ts';
import type { Connection } from '../http/connection.ts';
import { checkNumbers } from '../shared/check-numbers.ts';
import { waitAfter } from '../http/pauses.ts';
import { ConnectionError } from '../http/problem-error.ts';
import { filterParameters } from './query-parameters.ts';
import { serverSentEvents } from './server-sent-events.ts';
import { textChunks } from './text-chunks.ts';

/** Where the tail begins. */
export interface TailOptions extends ActivityFilter {
  /** The cursor of the last activity that you have. Default: the tail begins with the next activity. */
  readonly cursor?: string | undefined;
  /** Ends the tail. It then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
  /** The tail connects again if nothing comes for so long, in ms. Default: 45,000, three heartbeats of the service. */
  readonly idleTimeoutMs?: number | undefined;
  /** Called once each connection is there: the first one, and those after outages. */
  readonly onConnect?: (() => void) | undefined;
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

/** Follows new activities. After an outage it continues after the last activity, so that it neither misses nor repeats any. */
export async function* followTail(
  connection: Connection,
  { cursor, signal, idleTimeoutMs = defaultIdleTimeoutMs, onConnect, onReconnect, ...filter }: TailOptions,
): AsyncGenerator<TailEvent, void, undefined> {
  checkNumbers(1, { idleTimeoutMs });
  let position = cursor;
  let isKnown = false;
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
        isKnown = true;
        // The service begins with a position, so that this is known before the next activity.
        announce?.();
        announce = undefined;
        if (data !== '') yield { activity: JSON.parse(data) as Activity, cursor: id };
      }
      throw new ConnectionError('The stream ended.');
    } catch (error) {
      await waitAfter(error, failures, isKnown, signal, onReconnect);
    }
  }
}
