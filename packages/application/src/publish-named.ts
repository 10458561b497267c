import {
  type ActivityId,
  type ActivityLogged,
  DomainError,
  type EventPublisher,
  isDomainError,
} from '@user-activity/domain';

/** Publishes, and hands the ids to the caller with the error: under these, sending everything again is safe. */
export async function publishNamed(
  publisher: EventPublisher,
  events: readonly ActivityLogged[],
  ids: readonly (ActivityId | null)[],
): Promise<void> {
  try {
    await publisher.publish(events);
  } catch (error) {
    if (!isDomainError(error)) throw error;
    throw new DomainError(error.code, error.message, { ids, cause: error });
  }
}
