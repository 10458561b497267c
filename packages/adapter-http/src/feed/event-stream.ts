import { FeedPosition, type FeedPage, type StoredActivity } from '@user-activity/domain';
import { encode } from 'eventsource-encoder';
import { FeedCursor } from './feed-cursor.ts';

/** The media type of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export const eventStreamType = 'text/event-stream';

/** Returns the text that begins a stream. A client that reconnects before the first event continues at the position. */
export const encodeStreamStart = (position: FeedPosition, retryMs: number): string =>
  encode({ retry: retryMs, id: FeedCursor.text(position) });

/** Returns a comment, which shows that the stream is alive, and the position up to which the feed was examined. */
export const encodeHeartbeat = (position: FeedPosition): string =>
  encode({ comment: 'heartbeat' }) + encode({ id: FeedCursor.text(position) });

/**
 * Returns an event for each activity of a page. The id of an event is the position right after its activity, so a
 * client can continue after any of them.
 */
export function encodeEvents({ activities, start, position: end }: FeedPage): string {
  let position = start;
  let text = '';
  for (const [index, activity] of activities.entries()) {
    position = index === activities.length - 1 ? end : after(position, activity);
    text += encode({ id: FeedCursor.text(position), data: activity.toText() });
  }
  return text;
}

function after(position: FeedPosition, { origin }: StoredActivity): FeedPosition {
  if (origin === undefined) throw new Error('An activity of the feed has no origin.');
  return FeedPosition.after(position, origin);
}
