import { MemoryActivityRepository } from '@user-activity/adapter-memory';
import {
  ActivityFilter,
  type ActivityRepository,
  type KeyField,
  MetadataCondition,
  ProjectId,
  type StatsQuery,
  TimeRange,
  type TimeSlots,
  Timestamp,
  type TimeUnit,
  TimeZone,
} from '@user-activity/domain';
import { sampleActivity, type SampleFields } from '@user-activity/port-contracts';
import { makeActivityStats } from '../src/querying/activity-stats.ts';

/** The query of stats in short. */
interface Asked {
  readonly by: KeyField | TimeUnit;
  readonly series?: KeyField;
  readonly timezone?: string;
  readonly from?: string;
  readonly to?: string;
  /** The text that the member `a` of the metadata must match. */
  readonly a?: string;
}

export function statsQuery({ by, series, timezone = 'UTC', from, to, a }: Asked): StatsQuery {
  const bound = (text: string | undefined) => (text === undefined ? undefined : Timestamp.parse(text));
  const filter = ActivityFilter.of({
    project: ProjectId.default,
    createdAt: TimeRange.between(bound(from), bound(to)),
    metadata: a === undefined ? [] : [{ path: ['a'], scalars: MetadataCondition.scalarsOf([a]) }],
  });
  return by === 'type' || by === 'userId'
    ? { filter, by }
    : { filter, by, series, timeZone: TimeZone.parse(timezone) };
}

/** A repository that records its queries, and the stats on it. */
export async function statsPlace(...activities: readonly SampleFields[]) {
  const repository = new MemoryActivityRepository();
  await repository.save(activities.map((fields) => sampleActivity(fields)));
  const asked: (keyof ActivityRepository)[] = [];
  let slots: TimeSlots | undefined;
  let tookMs = 0;
  let elapsedMs = 0;
  let searched = 0;
  const watched: ActivityRepository = {
    save: (all) => repository.save(all),
    count: (filter) => repository.count(filter),
    findByIds: (keys) => repository.findByIds(keys),
    findById: (key) => repository.findById(key),
    ping: () => repository.ping(),
    find(query) {
      if (query.filter.metadata.length > 0) searched += 1;
      asked.push('find');
      return repository.find(query);
    },
    countByKey(...question) {
      asked.push('countByKey');
      return repository.countByKey(...question);
    },
    countBySlot(filter, given, most) {
      asked.push('countBySlot');
      slots = given;
      elapsedMs += tookMs;
      return repository.countBySlot(filter, given, most);
    },
  };
  const activityStats = makeActivityStats({ repository: watched, now: () => elapsedMs, maxMs: 10_000 });
  const stats = async (question: Asked) => activityStats(statsQuery(question));
  const takes = (ms: number): void => {
    tookMs = ms;
  };
  return { repository, stats, asked, slots: () => slots, searched: () => searched, takes };
}
