import type {
  ActivityId,
  ActivityRepository,
  DeadLetterRepository,
  StoredActivity,
  Timestamp,
} from '@user-activity/domain';

/** The places where activities end up. */
export interface LookupDeps {
  readonly repository: Pick<ActivityRepository, 'findByIds'>;
  readonly deadLetters: Pick<DeadLetterRepository, 'findLatestLetters'>;
}

/** What the store holds under some ids. */
export interface Lookup {
  /** The stored activities, by id. */
  readonly stored: ReadonlyMap<ActivityId, StoredActivity>;
  /** For ids without a stored activity: the time at which the latest dead letter that names the id died. */
  readonly died: ReadonlyMap<ActivityId, Timestamp>;
}

/** Looks ids up with one query for stored activities, and one for dead letters of all other ids. Throws as the repositories do. */
export async function lookUp(
  { repository, deadLetters }: LookupDeps,
  ids: readonly ActivityId[],
): Promise<Lookup> {
  const stored = new Map((await repository.findByIds(ids)).map((activity) => [activity.id, activity]));
  const missing = ids.filter((id) => !stored.has(id));
  const deaths = missing.length === 0 ? [] : await deadLetters.findLatestLetters(missing);
  const died = new Map(deaths.map(({ activityId, diedAt }) => [activityId, diedAt]));
  if (died.size === 0) return { stored, died };
  // An activity stored between the two queries is the reason why another with its id died.
  for (const activity of await repository.findByIds([...died.keys()])) {
    stored.set(activity.id, activity);
    died.delete(activity.id);
  }
  return { stored, died };
}
