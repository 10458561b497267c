import {
  type ActivityFilter,
  ActivityKeyText,
  type ActivityPage,
  type ActivityQuery,
  type ActivityRepository,
  type JsonObject,
  type JsonScalar,
  MetadataCondition,
  type SaveOutcome,
  StoredActivity,
  TimeRange,
} from '@user-activity/domain';
import type { RepositorySubject } from '@user-activity/port-contracts';
import { MemoryActivityRepository, MemoryStore } from '../src/index.ts';
import { memoryRepository } from './memory-subjects.ts';
import { type Broken, withMetadata } from './broken.ts';

/** Replaces some methods of a sound adapter. */
export type Wrapped<Port> = (sound: Port, store: MemoryStore) => Partial<Port>;

/** Makes a repository with some methods replaced. */
export const repository =
  (overrides: Wrapped<ActivityRepository>) => async (): Promise<RepositorySubject> => {
    const store = new MemoryStore();
    return { ...(await memoryRepository(store)), open: async () => wrap(store, overrides) };
  };

function wrap(store: MemoryStore, overrides: Wrapped<ActivityRepository>): ActivityRepository {
  const sound = new MemoryActivityRepository(store);
  return {
    save: (...saved) => sound.save(...saved),
    find: (query) => sound.find(query),
    count: (filter) => sound.count(filter),
    findById: (key) => sound.findById(key),
    countByKey: (...asked) => sound.countByKey(...asked),
    countBySlot: (...asked) => sound.countBySlot(...asked),
    findByIds: (keys) => sound.findByIds(keys),
    ping: () => sound.ping(),
    ...overrides(sound, store),
  };
}

const saving = (change: (outcome: SaveOutcome, index: number) => SaveOutcome) =>
  repository((sound) => ({
    save: async (activities) => (await sound.save(activities)).map(change),
  }));

const asking = (change: (query: ActivityQuery) => ActivityQuery) =>
  repository((sound) => ({ find: (query) => sound.find(change(query)) }));

const answering = (change: (page: ActivityPage, query: ActivityQuery) => ActivityPage) =>
  repository((sound) => ({ find: async (query) => change(await sound.find(query), query) }));

/** Matches metadata by another function, in `find` and `count`. */
const searching = (matches: (condition: MetadataCondition, metadata: JsonObject) => boolean) =>
  repository((_, store) => {
    const letThrough = ({ metadata }: ActivityFilter): MemoryActivityRepository => {
      const others = new MemoryStore();
      for (const activity of store.activities.values())
        if (metadata.every((condition) => matches(condition, activity.metadata)))
          others.activities.set(ActivityKeyText.of(activity), activity);
      return new MemoryActivityRepository(others);
    };
    return {
      find: (query) =>
        letThrough(query.filter).find(query.with({ filter: query.filter.with({ metadata: [] }) })),
      count: (filter) => letThrough(filter).count(filter.with({ metadata: [] })),
    };
  });

const all = TimeRange.between(undefined, undefined);

/** Pages by offset: uses the position only to count how many items were seen. */
function byOffset(sound: ActivityRepository): Partial<ActivityRepository> {
  const seen = new Map<string, number>();
  return {
    async find(query) {
      const offset = query.after === undefined ? 0 : (seen.get(query.after.id) ?? 0);
      const { activities } = await sound.find(query.with({ limit: 500, after: undefined }));
      const page = activities.slice(offset, offset + query.limit);
      const last = page.at(-1);
      if (last !== undefined) seen.set(last.id, offset + page.length);
      return { activities: page, hasMore: activities.length > offset + query.limit };
    },
  };
}

export const brokenRepositories: Broken<RepositorySubject> = [
  [
    'R1',
    'resolves without storing activities',
    repository(() => ({ save: async (activities) => activities.map(() => 'stored' as const) })),
  ],
  ['R2', 'forgets duplicates', saving((outcome) => (outcome === 'duplicate' ? 'stored' : outcome))],
  [
    'R2',
    'reports redelivered activities as duplicates',
    saving((outcome) => (outcome === 'redelivered' ? 'duplicate' : outcome)),
  ],
  [
    'R3',
    'replaces the stored activity',
    repository((sound, store) => ({
      async save(activities) {
        const outcomes = await sound.save(activities);
        for (const activity of activities) store.activities.set(ActivityKeyText.of(activity), activity);
        return outcomes;
      },
    })),
  ],
  [
    'R3',
    'reports conflicts as duplicates',
    saving((outcome) => (outcome === 'conflict' ? 'duplicate' : outcome)),
  ],
  [
    'R4',
    'sorts the outcomes',
    repository((sound) => ({
      save: async (activities) =>
        (await sound.save(activities)).toSorted((a, b) => Number(b === 'stored') - Number(a === 'stored')),
    })),
  ],
  [
    'R5',
    'lets concurrent saves store the same id twice',
    repository((_, store) => ({
      async save(activities) {
        const known = activities.map((activity) => store.activities.get(ActivityKeyText.of(activity)));
        await Promise.resolve();
        return activities.map((activity, index) => {
          store.activities.set(ActivityKeyText.of(activity), known[index] ?? activity);
          return known[index]?.compare(activity) ?? 'stored';
        });
      },
    })),
  ],
  [
    'R6',
    'replaces dots in metadata keys',
    repository((sound) => ({
      async findById(asked) {
        const activity = await sound.findById(asked);
        if (activity === undefined) return undefined;
        const { metadata } = activity.toActivity();
        const changed = Object.fromEntries(
          Object.entries(metadata).map(([key, value]) => [key.replaceAll('.', '_'), value] as const),
        );
        return withMetadata(activity, changed);
      },
    })),
  ],
  ['R7', 'ignores types', asking((query) => query.with({ filter: query.filter.with({ types: [] }) }))],
  [
    'R7',
    'ignores the time range',
    asking((query) => query.with({ filter: query.filter.with({ createdAt: all }) })),
  ],
  ['R8', 'always returns the newest activities first', asking((query) => query.with({ order: 'desc' }))],
  [
    'R8',
    'sorts ids by locale',
    answering(({ activities, hasMore }, { order }) => ({
      activities: activities.toSorted(
        (a, b) => (a.createdAt - b.createdAt || a.id.localeCompare(b.id)) * (order === 'asc' ? 1 : -1),
      ),
      hasMore,
    })),
  ],
  [
    'R9',
    'reports more activities after a full last page',
    answering((page, { limit }) => ({ ...page, hasMore: page.activities.length === limit })),
  ],
  [
    'R9',
    'repeats the last activity of the previous page',
    repository((sound) => ({
      async find(query) {
        const page = await sound.find(query);
        const last = query.after && (await sound.findById({ ...query.after, project: query.filter.project }));
        return { ...page, activities: last === undefined ? page.activities : [last, ...page.activities] };
      },
    })),
  ],
  ['R10', 'pages by offset', repository(byOffset)],
  [
    'R11',
    'ignores the case of activity ids',
    repository((_, store) => ({
      async findById({ id }) {
        const stored = [...store.activities.values()];
        const found = stored.find((activity) => activity.id.toLowerCase() === id.toLowerCase());
        return found && StoredActivity.of(found);
      },
    })),
  ],
  [
    'R13',
    'treats a missing member as null',
    searching(({ path, scalars }, metadata) => {
      const member = path.reduce<unknown>((value, key) => Reflect.get(Object(value), key), metadata);
      return (
        scalars.has((member ?? null) as JsonScalar) || MetadataCondition.matches({ path, scalars }, metadata)
      );
    }),
  ],
  [
    'R13',
    'finds no metadata with an array',
    searching(
      ({ path, scalars }, metadata) =>
        !JSON.stringify(metadata).includes('[') && MetadataCondition.matches({ path, scalars }, metadata),
    ),
  ],
  [
    'R13',
    'compares numbers as texts',
    searching(({ path, scalars }, metadata) => {
      const texts = [...scalars].filter((scalar) => typeof scalar === 'string');
      const numbers = texts.map(Number).filter((number) => texts.includes(String(number)));
      return MetadataCondition.matches({ path, scalars: new Set([...texts, ...numbers]) }, metadata);
    }),
  ],
  [
    'R12',
    'rejects with an error of its driver',
    repository((sound) => ({
      find: (query) =>
        sound.find(query).catch(() => {
          throw new Error('ECONNREFUSED');
        }),
    })),
  ],
  [
    'R12',
    'returns undefined during an outage',
    repository((sound) => ({ findById: (id) => sound.findById(id).catch(() => undefined) })),
  ],
  [
    'R16',
    'returns an activity once per requested id',
    repository((sound) => ({
      async findByIds(ids) {
        const found = await Promise.all(ids.map((id) => sound.findById(id)));
        return found.filter((activity) => activity !== undefined);
      },
    })),
  ],
  [
    'R16',
    'returns at most 500 activities',
    repository((sound) => ({ findByIds: async (ids) => (await sound.findByIds(ids)).slice(0, 500) })),
  ],
];
