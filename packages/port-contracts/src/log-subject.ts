import type {
  ActivityLogged,
  EventConsumer,
  EventPublisher,
  RawRecord,
  UserActivity,
} from '@user-activity/domain';
import { activityLogged } from '@user-activity/domain';
import { casesWith, type Subject } from './contract.ts';

/** A log, which is empty at first. */
export interface LogSubject extends Subject {
  /** Opens a new publisher. Its buffer takes at most `bufferedEvents`. */
  openPublisher(options?: { readonly bufferedEvents?: number }): Promise<EventPublisher>;
  /** Makes a new consumer, which `start` makes a member of the group. */
  readonly openConsumer: (group: string) => Promise<EventConsumer>;
  /** Writes a record to the log without the publisher. Returns the record as the log holds it. */
  append(record: RawRecord): Promise<RawRecord>;
  /** Adds offsets without a record to the partition. Undefined if each offset of the log has a record. */
  readonly skipOffsets: ((partition: number) => Promise<void>) | undefined;
  /** Whether the log marks the commits of members with `resumeAt`. False for a log in the same file as its store. */
  readonly marksCommits: boolean;
  /** How long a case waits for a delivery before it fails, in milliseconds. Default: 45,000. */
  readonly timeoutMs?: number;
  /** Makes the log unreachable for every handle. The returned function makes it reachable again. */
  interrupt(): Promise<() => Promise<void>>;
}

/** Makes cases of `EventPublisher` and `EventConsumer`. Each gets its subject. */
export const logCases = casesWith(async (subject: LogSubject) => [subject] as const);

/** Makes the events of activities. */
export const eventsOf = (activities: readonly UserActivity[]): ActivityLogged[] =>
  activities.map(activityLogged);

/** Publishes activities with a new publisher, and closes it. */
export async function publish(subject: LogSubject, activities: readonly UserActivity[]): Promise<void> {
  const publisher = await subject.openPublisher();
  await publisher.publish(eventsOf(activities));
  await publisher.close();
}
