import { type EventPublisher, type LogEvent, type ProjectId, storedBytesOf } from '@user-activity/domain';
import type { StorageUsage } from './storage-usage.ts';

/**
 * Wraps a publisher to enforce the limit `storedBytes` of projects. If a project would exceed its limit, `publish` rejects with STORAGE_FULL and
 * publishes nothing. `republish` is not limited, because the service has already accepted its records.
 */
export const withinStorageLimits = (publisher: EventPublisher, usage: StorageUsage): EventPublisher => ({
  // Few projects have the limit. Events of all others go straight to the publisher, which is faster.
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

/** Returns the stored bytes of the events' activities, by project. Omits projects without a limit. */
function bytesByProject(events: readonly LogEvent[], usage: StorageUsage): ReadonlyMap<ProjectId, number> {
  const bytes = new Map<ProjectId, number>();
  for (const event of events) {
    if (event.name !== 'ActivityLogged' || !usage.hasLimit(event.activity.project)) continue;
    const { activity } = event;
    bytes.set(activity.project, (bytes.get(activity.project) ?? 0) + storedBytesOf(activity));
  }
  return bytes;
}
