import type { EventPublisher, PublishObserver } from '@user-activity/domain';
import { counter, gauge, histogram, countBounds, timer, durationBounds } from './meter.ts';

const byteBounds = [1e3, 1e4, 1e5, 2.5e5, 5e5, 1e6, 2.5e6, 5e6, 1e7];

/** Makes an observer that measures a publisher. `max` has the limits of its buffer. */
export function publishObserver(max: { readonly events: number; readonly bytes: number }): PublishObserver {
  const now = { events: 0, bytes: 0 };
  const [count, bytes] = ['user_activity.publish.buffer.events', 'user_activity.publish.buffer.size'];
  gauge(count, '{event}', 'Events buffered until the log confirms them', () => now.events);
  gauge(
    `${count}_limit`,
    '{event}',
    'Maximum number of buffered events; further publishes are refused',
    () => max.events,
  );
  gauge(bytes, 'By', 'Size of the buffered events in bytes', () => now.bytes);
  gauge(
    `${bytes}_limit`,
    'By',
    'Maximum size of the buffered events in bytes; further publishes are refused',
    () => max.bytes,
  );
  const events = histogram(
    'user_activity.publish.flush.events',
    '{event}',
    'Events confirmed by the log with one request or transaction',
    countBounds,
  );
  const size = histogram(
    'user_activity.publish.flush.size',
    'By',
    'Size in bytes of the events confirmed by the log with one request or transaction',
    byteBounds,
  );
  const duration = histogram(
    'user_activity.publish.flush.duration',
    's',
    'Duration of one request or transaction to the log, in seconds',
    durationBounds,
  );
  const failures = counter(
    'user_activity.publish.flush.failures',
    '{flush}',
    'Requests or transactions that the log did not confirm completely',
  );
  return {
    buffered(eventsNow, bytesNow) {
      now.events = eventsNow;
      now.bytes = bytesNow;
    },
    flushed(flush) {
      if (flush.failed) failures.add(1);
      duration.record(flush.seconds);
      if (flush.events === 0) return;
      events.record(flush.events);
      size.record(flush.bytes);
    },
  };
}

/** Returns the publisher with the duration of its `publish` and `republish` calls measured, by error code. */
export function measuredPublisher(publisher: EventPublisher): EventPublisher {
  const time = timer(
    'user_activity.publish.duration',
    'Time until the log confirmed a call of publish or republish, in seconds',
  );
  return {
    publish: (events) => time(() => publisher.publish(events)),
    republish: (records) => time(() => publisher.republish(records)),
    ping: () => publisher.ping(),
    close: () => publisher.close(),
  };
}
