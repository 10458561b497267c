import type {
  ActivityFilter,
  AuditType,
  DeadLetterFilter,
  JsonObject,
  JsonScalar,
  Principal,
  ProjectId,
  StoredActivity,
  TimeRange,
  UserId,
} from '@user-activity/domain';
import type { FindDeadLetters } from '../dead-letters/find-dead-letters.ts';
import type { ActivityStats } from '../querying/activity-stats.ts';
import type { CountActivities } from '../querying/count-activities.ts';
import type { ExportActivities, ExportedPages, ExportReadOptions } from '../querying/export-activities.ts';
import type { FindActivities, FindActivity } from '../querying/find-activities.ts';
import type { ReadFeed } from '../following/read-feed.ts';
import type { ReadLog } from './read-log.ts';

export interface LoggedReadsDeps {
  /** Undefined if the deployment does not log reads. */
  readonly readLog: Pick<ReadLog, 'add'> | undefined;
  /** Returns the SHA-256 of a text in UTF-8, in hexadecimal. */
  readonly digest: (text: string) => string;
}

/** The use cases that read activities or dead letters. */
interface Reads {
  readonly findActivity: FindActivity;
  readonly findActivities: FindActivities;
  readonly countActivities: CountActivities;
  readonly activityStats: ActivityStats;
  readonly exportActivities: ExportActivities;
  readonly findDeadLetters: FindDeadLetters;
  readonly readFeed: ReadFeed;
  /** Reads the first page of a stream. */
  readonly followFeed: ReadFeed;
}

type Kind = readonly [AuditType, JsonObject];

const searchKind = (search: string): Kind => ['SEARCHED', { search }];
const viewKind = (view: string): Kind => ['VIEWED', { view }];

/** What an audit event tells about a read. It has none of the data that was read. */
interface Description {
  readonly project: ProjectId;
  /** The filter as JSON that is equal for equivalent filters. The event has only its digest. */
  readonly filter: unknown;
  readonly users: readonly UserId[];
  readonly results: number;
}

/**
 * Wraps use cases so that each successful read adds an audit event: who read, in which project, the digests of the filter and of the users
 * that it names, and the number of results. A wrapped use case takes the principal as its first argument.
 */
export function makeLoggedReads({ readLog, digest }: LoggedReadsDeps, reads: Reads) {
  const digestOf = (value: unknown): string => digest(JSON.stringify(value));

  const add = (
    { actor }: Principal,
    [type, kind]: Kind,
    { project, filter, users, results }: Description,
  ): void => {
    const userDigests = users.map((user) => digestOf([project, user]));
    readLog?.add({
      type,
      actor,
      details: {
        ...kind,
        project,
        filter: digestOf(filter),
        ...(users.length === 0 ? {} : { users: userDigests }),
        results,
      },
    });
  };

  const logged =
    <Request, Result>(
      kind: Kind,
      read: (request: Request) => Promise<Result>,
      describe: (request: Request, result: Result) => Description,
    ) =>
    async (principal: Principal, request: Request): Promise<Result> => {
      const result = await read(request);
      if (readLog !== undefined) add(principal, kind, describe(request, result));
      return result;
    };

  // One event for the whole export, at its end, when the number of results is known. With an event for each page, an export of the audit
  // events would never end, because each page would add an event to export.
  const exportActivities = async (
    principal: Principal,
    options: ExportReadOptions,
  ): Promise<ExportedPages> => {
    const pages = await reads.exportActivities(options);
    if (readLog === undefined) return pages;
    return countingPages(pages, (results) =>
      add(principal, searchKind('export'), describeSearch(options.filter, results)),
    );
  };

  return {
    findActivities: logged(searchKind('list'), reads.findActivities, ({ filter }, { activities }) =>
      describeSearch(filter, activities.length),
    ),
    countActivities: logged(searchKind('count'), reads.countActivities, describeSearch),
    activityStats: logged(searchKind('stats'), reads.activityStats, ({ filter }, { length }) =>
      describeSearch(filter, length),
    ),
    readFeed: logged(searchKind('feed'), reads.readFeed, ({ filter }, { activities }) =>
      describeSearch(filter, activities.length),
    ),
    exportActivities,
    // One event for the whole stream. With an event for each page, a stream of the audit events would feed itself without end.
    followFeed: logged(searchKind('stream'), reads.followFeed, ({ filter }, { activities }) =>
      describeSearch(filter, activities.length),
    ),
    findActivity: logged(viewKind('activity'), reads.findActivity, ({ project, id }, activity) => ({
      project,
      filter: [project, id],
      users: activity === undefined ? [] : [activity.userId],
      results: activity === undefined ? 0 : 1,
    })),
    findDeadLetters: logged(viewKind('dead-letters'), reads.findDeadLetters, ({ filter }, { letters }) => ({
      project: filter.project,
      filter: normalLetterFilter(filter),
      users: [],
      results: letters.length,
    })),
  };
}

/** Returns the same pages. At the end, calls `onEnd` with the number of activities that were consumed, even if the pages end early. */
async function* countingPages(
  pages: ExportedPages,
  onEnd: (results: number) => void,
): AsyncGenerator<readonly StoredActivity[], void, undefined> {
  let results = 0;
  try {
    for await (const page of pages) {
      results += page.length;
      yield page;
    }
  } finally {
    onEnd(results);
  }
}

const describeSearch = (filter: ActivityFilter, results: number): Description => ({
  project: filter.project,
  filter: normalFilter(filter),
  users: filter.userIds.toSorted(),
  results,
});

/** Returns the parts of a filter with sorted values, so that equivalent filters have equal parts. */
function normalFilter({ project, userIds, types, createdAt, metadata }: ActivityFilter): unknown {
  const conditions: readonly string[] = metadata.map(({ path, scalars }) =>
    JSON.stringify([path, sortedScalars(scalars)]),
  );
  return [project, userIds.toSorted(), types.toSorted(), boundsOf(createdAt), conditions.toSorted()];
}

const normalLetterFilter = ({ project, codes, diedAt }: DeadLetterFilter): unknown => [
  project,
  codes.toSorted(),
  boundsOf(diedAt),
];

const boundsOf = ({ from, to }: TimeRange): unknown => [from ?? null, to ?? null];

const sortedScalars = (scalars: ReadonlySet<JsonScalar>): readonly string[] =>
  [...scalars].map((scalar) => JSON.stringify(scalar)).toSorted();
