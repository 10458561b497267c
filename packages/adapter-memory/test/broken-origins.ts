import { ActivityKeyText, type StoredActivity, StoredActivity as Stored } from '@user-activity/domain';
import type { RepositorySubject } from '@user-activity/port-contracts';
import { repository } from './broken-stores.ts';
import type { Broken } from './broken.ts';

const withoutOrigin = (activity: StoredActivity): StoredActivity => Stored.of(activity.toActivity());

/** Repositories that keep wrong origins. */
export const brokenOrigins: Broken<RepositorySubject> = [
  ['R19', 'keeps no origins', repository((sound) => ({ save: (activities) => sound.save(activities) }))],
  [
    'R19',
    'forgets the origin of a single activity',
    repository((sound) => ({
      findById: async (key) => {
        const found = await sound.findById(key);
        return found && withoutOrigin(found);
      },
    })),
  ],
  [
    'R19',
    'forgets the origins of several activities',
    repository((sound) => ({
      findByIds: async (keys) => (await sound.findByIds(keys)).map(withoutOrigin),
    })),
  ],
  [
    'R19',
    'forgets the origins of a page',
    repository((sound) => ({
      async find(query) {
        const page = await sound.find(query);
        return { ...page, activities: page.activities.map(withoutOrigin) };
      },
    })),
  ],
  [
    'R19',
    'gives all activities of a batch the origin of the first',
    repository((sound) => ({
      save: (activities, origins) =>
        sound.save(
          activities,
          origins?.map((origin) => origins[0] ?? origin),
        ),
    })),
  ],
  [
    'R19',
    'replaces the origin at each delivery',
    repository((sound, store) => ({
      async save(activities, origins = []) {
        const outcomes = await sound.save(activities, origins);
        for (const [index, activity] of activities.entries()) {
          const origin = origins[index];
          if (origin !== undefined) store.origins.set(ActivityKeyText.of(activity), origin);
        }
        return outcomes;
      },
    })),
  ],
  [
    'R19',
    'never replaces an origin by that of an earlier copy of the record',
    repository((sound, store) => ({
      async save(activities, origins = []) {
        const before = new Map(store.origins);
        const outcomes = await sound.save(activities, origins);
        for (const [key, origin] of before) store.origins.set(key, origin);
        return outcomes;
      },
    })),
  ],
  [
    'R19',
    'replaces an origin by that of an earlier duplicate',
    repository((sound, store) => ({
      async save(activities, origins = []) {
        const outcomes = await sound.save(activities, origins);
        for (const [index, activity] of activities.entries()) {
          const [key, origin] = [ActivityKeyText.of(activity), origins[index]];
          const stored = store.origins.get(key);
          const isEarlier =
            origin?.log === stored?.log &&
            origin?.partition === stored?.partition &&
            (origin?.offset ?? 0) < (stored?.offset ?? 0);
          if (origin !== undefined && outcomes[index] === 'duplicate' && isEarlier)
            store.origins.set(key, origin);
        }
        return outcomes;
      },
    })),
  ],
  [
    'R19',
    'compares offsets of different partitions and logs',
    repository((sound, store) => ({
      async save(activities, origins = []) {
        const outcomes = await sound.save(activities, origins);
        for (const [index, activity] of activities.entries()) {
          const [key, origin] = [ActivityKeyText.of(activity), origins[index]];
          const stored = store.origins.get(key);
          if (origin !== undefined && stored !== undefined && origin.offset < stored.offset)
            store.origins.set(key, origin);
        }
        return outcomes;
      },
    })),
  ],
];
