import { FixedClock, MemoryActivityRepository } from '@user-activity/adapter-memory';
import {
  type ActivityRepository,
  type QueryParameters,
  StatsQuery,
  type TimeSlots,
} from '@user-activity/domain';
import { sampleActivity, type SampleFields } from '@user-activity/port-contracts';
import { makeActivityStats } from '../src/index.ts';

/** What a repository was asked, and the stats of it. */
export async function statsPlace(...activities: readonly SampleFields[]) {
  const repository = new MemoryActivityRepository();
  await repository.save(activities.map((fields) => sampleActivity(fields)));
  const asked: (keyof ActivityRepository)[] = [];
  const clock = new FixedClock();
  let slots: TimeSlots | undefined;
  let tookMs = 0;
  let elapsedMs = 0;
  let searched = 0;
  const watched: ActivityRepository = {
    save: (all) => repository.save(all),
    count: (filter) => repository.count(filter),
    findByIds: (ids) => repository.findByIds(ids),
    findById: (id) => repository.findById(id),
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
  const stats = async (parameters: QueryParameters) =>
    activityStats(StatsQuery.parse(parameters, clock.now()));
  const takes = (ms: number): void => {
    tookMs = ms;
  };
  return { repository, stats, asked, slots: () => slots, searched: () => searched, takes };
}
