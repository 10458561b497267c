import type {
  ActivityId,
  ActivityRepository,
  DeadLetterRepository,
  StoredActivity,
  Timestamp,
} from '@user-activity/domain';

/** Where is looked up what became of activities. */
export interface LookupDeps {
  readonly repository: Pick<ActivityRepository, 'findByIds'>;
  readonly deadLetters: Pick<DeadLetterRepository, 'findLatestLetters'>;
}

/** What is known of ids. */
export interface Lookup {
  /** What is stored under them. */
  readonly stored: ReadonlyMap<ActivityId, StoredActivity>;
  /** Of ids with nothing stored: when the last dead letter that names one died. */
  readonly died: ReadonlyMap<ActivityId, Timestamp>;
}

/** Looks ids up: one question about those that are stored, one about letters of the others. Throws as the repositories do. */
export async function lookUp(
  { repository, deadLetters }: LookupDeps,
  ids: readonly ActivityId[],
): Promise<Lookup> {
  const stored = new Map((await repository.findByIds(ids)).map((activity) => [activity.id, activity]));
  const missing = ids.filter((id) => !stored.has(id));
  const deaths = missing.length === 0 ? [] : await deadLetters.findLatestLetters(missing);
  const died = new Map(deaths.map(({ activityId, diedAt }) => [activityId, diedAt]));
  if (died.size === 0) return { stored, died };
  // One that came in between the two questions is why another of its id died.
  for (const activity of await repository.findByIds([...died.keys()])) {
    stored.set(activity.id, activity);
    died.delete(activity.id);
  }
  return { stored, died };
}
