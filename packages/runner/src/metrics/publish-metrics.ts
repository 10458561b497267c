import type { EventPublisher, PublishObserver } from '@user-activity/domain';
import { counter, gauge, histogram, countBounds, durationHistogram, timed } from './meter.ts';

const byteBounds = [1e3, 1e4, 1e5, 2.5e5, 5e5, 1e6, 2.5e6, 5e6, 1e7];

/** Makes an observer that measures the buffer and the flushes of a publisher. `limits` are the limits of the buffer. */
export function publishObserver(limits: {
  readonly events: number;
  readonly bytes: number;
}): PublishObserver {
  const buffer = { events: 0, bytes: 0 };
  const [countName, sizeName] = ['user_activity.publish.buffer.events', 'user_activity.publish.buffer.size'];
  gauge(countName, '{event}', 'Events buffered until the log confirms them', () => buffer.events);
  gauge(
    `${countName}_limit`,
    '{event}',
    'Maximum number of buffered events; further publishes are refused',
    () => limits.events,
  );
  gauge(sizeName, 'By', 'Size of the buffered events in bytes', () => buffer.bytes);
  gauge(
    `${sizeName}_limit`,
    'By',
    'Maximum size of the buffered events in bytes; further publishes are refused',
    () => limits.bytes,
  );
  const flushEvents = histogram(
    'user_activity.publish.flush.events',
    '{event}',
    'Events confirmed by the log with one request or transaction',
    countBounds,
  );
  const flushBytes = histogram(
    'user_activity.publish.flush.size',
    'By',
    'Size in bytes of the events confirmed by the log with one request or transaction',
    byteBounds,
  );
  const flushSeconds = durationHistogram(
    'user_activity.publish.flush.duration',
    'Duration of one request or transaction to the log, in seconds',
  );
  const failures = counter(
    'user_activity.publish.flush.failures',
    '{flush}',
    'Requests or transactions that the log did not confirm completely',
  );
  return {
    buffered(events, bytes) {
      buffer.events = events;
      buffer.bytes = bytes;
    },
    flushed(flush) {
      if (flush.failed) failures.add(1);
      flushSeconds.record(flush.seconds);
      if (flush.events === 0) return;
      flushEvents.record(flush.events);
      flushBytes.record(flush.bytes);
    },
  };
}

/** Wraps the publisher to measure the duration of its `publish` and `republish` calls, by error code. */
export function withPublishMetrics(publisher: EventPublisher): EventPublisher {
  const duration = durationHistogram(
    'user_activity.publish.duration',
    'Time until the log confirmed a call of publish or republish, in seconds',
  );
  return {
    publish: timed(duration, (events) => publisher.publish(events)),
    republish: timed(duration, (records) => publisher.republish(records)),
    ping: () => publisher.ping(),
    close: () => publisher.close(),
  };
}
