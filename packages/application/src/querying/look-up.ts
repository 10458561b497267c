import {
  type ActivityKey,
  ActivityKeyText,
  type ActivityRepository,
  type DeadLetterRepository,
  type StoredActivity,
  type Timestamp,
} from '@user-activity/domain';

export interface LookupDeps {
  readonly repository: Pick<ActivityRepository, 'findByIds'>;
  readonly deadLetters: Pick<DeadLetterRepository, 'findLatestLetters'>;
}

/** The stored activities and dead letters found for some keys. */
export interface Lookup {
  readonly stored: ReadonlyMap<ActivityKeyText, StoredActivity>;
  /** The time of the latest dead letter of each activity that is not stored. */
  readonly died: ReadonlyMap<ActivityKeyText, Timestamp>;
}

/** Finds the stored activities with these keys, and the latest dead letters of the others. Throws as the repositories do. */
export async function lookUp(
  { repository, deadLetters }: LookupDeps,
  keys: readonly ActivityKey[],
): Promise<Lookup> {
  const stored = new Map<ActivityKeyText, StoredActivity>();
  for (const activity of await repository.findByIds(keys)) stored.set(ActivityKeyText.of(activity), activity);
  const missing = keys.filter((key) => !stored.has(ActivityKeyText.of(key)));
  const latest = missing.length === 0 ? [] : await deadLetters.findLatestLetters(missing);
  const died = new Map(latest.map((letter) => [ActivityKeyText.of(letter), letter.diedAt]));
  if (died.size === 0) return { stored, died };
  // If an activity was stored between the two queries, the letter belongs to another activity with the same id.
  for (const activity of await repository.findByIds(latest)) {
    stored.set(ActivityKeyText.of(activity), activity);
    died.delete(ActivityKeyText.of(activity));
  }
  return { stored, died };
}
