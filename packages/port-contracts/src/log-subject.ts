import type {
  ActivityLogged,
  EventConsumer,
  EventPublisher,
  RawRecord,
  UserActivity,
} from '@user-activity/domain';
import { activityLogged } from '@user-activity/domain';
import type { Subject } from './contract.ts';

/** One log, empty at first. */
export interface LogSubject extends Subject {
  /** A publisher of its own; `bufferedEvents` is the most that its buffer takes. */
  openPublisher(options?: { readonly bufferedEvents?: number }): Promise<EventPublisher>;
  /** A member of its own of the group. */
  readonly openConsumer: (group: string) => Promise<EventConsumer>;
  /** Writes bytes past the publisher, as anyone could; they come back as the log holds them. */
  append(record: RawRecord): Promise<RawRecord>;
  /** After how long a case gives up on a delivery, far more than the log takes: 45 s where nothing is said. */
  readonly patienceMs?: number;
  /** Puts the log out of reach of every handle; what comes back undoes it. */
  interrupt(): Promise<() => Promise<void>>;
}

/** The events of activities. */
export const eventsOf = (activities: readonly UserActivity[]): ActivityLogged[] =>
  activities.map(activityLogged);

/** Publishes them with a publisher that is gone afterwards. */
export async function publish(subject: LogSubject, activities: readonly UserActivity[]): Promise<void> {
  const publisher = await subject.openPublisher();
  await publisher.publish(eventsOf(activities));
  await publisher.close();
}
