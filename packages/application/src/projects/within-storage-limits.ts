import {
  type ActivityLogged,
  type EventPublisher,
  type ProjectId,
  storedBytesOf,
} from '@user-activity/domain';
import type { StorageUsage } from './storage-usage.ts';

/**
 * Returns a publisher that publishes nothing, and rejects with STORAGE_FULL, if a project would exceed its limit of stored bytes. It does not
 * limit `republish`: the service has accepted these records already.
 */
export const withinStorageLimits = (publisher: EventPublisher, usage: StorageUsage): EventPublisher => ({
  async publish(events) {
    const release = usage.reserve(bytesByProject(events, usage));
    try {
      await publisher.publish(events);
    } catch (error) {
      release();
      throw error;
    }
  },
  republish: (records) => publisher.republish(records),
  ping: () => publisher.ping(),
  close: () => publisher.close(),
});

/** Returns the bytes of the activities of each project that has a limit. */
function bytesByProject(
  events: readonly ActivityLogged[],
  usage: StorageUsage,
): ReadonlyMap<ProjectId, number> {
  const bytes = new Map<ProjectId, number>();
  for (const { activity } of events)
    if (usage.hasLimit(activity.project))
      bytes.set(activity.project, (bytes.get(activity.project) ?? 0) + storedBytesOf(activity));
  return bytes;
}
