import type {
  ActivityId,
  ActivityRepository,
  DeadLetterRepository,
  StoredActivity,
  Timestamp,
} from '@user-activity/domain';

export interface LookupDeps {
  readonly repository: Pick<ActivityRepository, 'findByIds'>;
  readonly deadLetters: Pick<DeadLetterRepository, 'findLatestLetters'>;
}

/** The stored activities and dead letters found for some ids. */
export interface Lookup {
  readonly stored: ReadonlyMap<ActivityId, StoredActivity>;
  /** When the latest dead letter died, by id. Has no ids of stored activities. */
  readonly died: ReadonlyMap<ActivityId, Timestamp>;
}

/** Finds the stored activities with these ids, and the latest dead letters of the others. Throws as the repositories do. */
export async function lookUp(
  { repository, deadLetters }: LookupDeps,
  ids: readonly ActivityId[],
): Promise<Lookup> {
  const stored = new Map((await repository.findByIds(ids)).map((activity) => [activity.id, activity]));
  const missing = ids.filter((id) => !stored.has(id));
  const latest = missing.length === 0 ? [] : await deadLetters.findLatestLetters(missing);
  const died = new Map(latest.map(({ activityId, diedAt }) => [activityId, diedAt]));
  if (died.size === 0) return { stored, died };
  // If an activity was stored between the two queries, the letter is of another one with its id.
  for (const activity of await repository.findByIds([...died.keys()])) {
    stored.set(activity.id, activity);
    died.delete(activity.id);
  }
  return { stored, died };
}
