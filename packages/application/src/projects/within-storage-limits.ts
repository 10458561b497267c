import { type EventPublisher, type LogEvent, type ProjectId, storedBytesOf } from '@user-activity/domain';
import type { StorageUsage } from './storage-usage.ts';

/**
 * Returns a publisher that publishes nothing, and rejects with STORAGE_FULL, if a project would exceed its limit of stored bytes. It does not
 * limit `republish`: the service has accepted these records already.
 */
export const withinStorageLimits = (publisher: EventPublisher, usage: StorageUsage): EventPublisher => ({
  // Few projects have the limit. The others need no sum, and no second promise.
  publish: (events) =>
    events.some((event) => event.name === 'ActivityLogged' && usage.hasLimit(event.activity.project))
      ? publishWithin(publisher, usage, events)
      : publisher.publish(events),
  republish: (records) => publisher.republish(records),
  ping: () => publisher.ping(),
  close: () => publisher.close(),
});

async function publishWithin(
  publisher: EventPublisher,
  usage: StorageUsage,
  events: readonly LogEvent[],
): Promise<void> {
  const release = usage.reserve(bytesByProject(events, usage));
  try {
    await publisher.publish(events);
  } catch (error) {
    release();
    throw error;
  }
}

/** Returns the bytes of the activities of each project that has a limit. */
function bytesByProject(events: readonly LogEvent[], usage: StorageUsage): ReadonlyMap<ProjectId, number> {
  const bytes = new Map<ProjectId, number>();
  for (const event of events) {
    if (event.name !== 'ActivityLogged' || !usage.hasLimit(event.activity.project)) continue;
    const { activity } = event;
    bytes.set(activity.project, (bytes.get(activity.project) ?? 0) + storedBytesOf(activity));
  }
  return bytes;
}
