import { ActivityId, type ActivityKey, type LatestLetter, ProjectId, Timestamp } from '@user-activity/domain';
import type { Document } from 'mongodb';
import { deadLettersByActivity } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { timeBudget } from './time-budget.ts';

/** The time of the latest dead letter of an activity. */
interface LatestLetterDocument {
  /** The id of the activity. */
  readonly _id: string;
  readonly project: string;
  readonly diedAt: Date;
}

// MongoDB allows 1,000 stages in a query, and a query has two more stages than projects.
const maxProjects = 500;

/** Reads the time of the latest dead letter of each activity. One query covers up to 500 projects. */
export async function readLatestLetters(
  store: MongoStore,
  keys: readonly ActivityKey[],
): Promise<readonly LatestLetter[]> {
  const byProject = [...Map.groupBy(keys, ({ project }) => project).values()];
  const timeLeft = timeBudget(store.timeoutMs);
  const latest: LatestLetterDocument[] = [];
  for (let from = 0; from < byProject.length; from += maxProjects) {
    const portion = byProject.slice(from, from + maxProjects).flat();
    latest.push(...(await latestLetters(store, portion, timeLeft()).toArray()));
  }
  return latest.map(({ _id, project, diedAt }) => ({
    project: ProjectId.trusted(project),
    id: ActivityId.trusted(_id),
    diedAt: Timestamp.trusted(diedAt.getTime()),
  }));
}

/**
 * Queries the time of the latest dead letter of each activity. Reads one index key per activity, however many letters it has. MongoDB does
 * that only for a single project. With `$or`, it would read the keys of all letters. So each project has its own pipeline in the query.
 */
export function latestLetters(
  { deadLetters, timeoutMs }: Pick<MongoStore, 'deadLetters' | 'timeoutMs'>,
  keys: readonly ActivityKey[],
  maxTimeMS: number = timeoutMs,
) {
  const [first = [], ...others] = [...Map.groupBy(keys, ({ project }) => project)].map(ofProject);
  // `$unionWith` takes no hint, but only one index has the field `activityId`.
  const unions = others.map((pipeline) => ({ $unionWith: { coll: deadLetters.collectionName, pipeline } }));
  const options = { maxTimeMS, batchSize: keys.length + 1, hint: deadLettersByActivity.key };
  return deadLetters.aggregate<LatestLetterDocument>([...first, ...unions], options);
}

const ofProject = ([project, keys]: readonly [ProjectId, readonly ActivityKey[]]): Document[] => [
  { $match: { project, activityId: { $in: keys.map(({ id }) => id) } } },
  { $sort: deadLettersByActivity.key },
  {
    $group: { _id: '$activityId', project: { $first: '$project' }, diedAt: { $first: '$diedAt' } },
  },
];
