import {
  type ActivityFilter,
  ActivityKeyText,
  type ActivityRepository,
  DeadLetterId,
  type ProjectId,
  StoredActivity,
} from '@user-activity/domain';
import type { LetterRepositorySubject, RepositorySubject } from '@user-activity/port-contracts';
import { MemoryActivityRepository, MemoryDeadLetterRepository, MemoryStore } from '../src/index.ts';
import { letters } from './broken-letters.ts';
import { repository } from './broken-stores.ts';
import { type Broken, inProject } from './broken.ts';

/** Returns a repository in which every activity belongs to `project`. */
function withAllIn(store: MemoryStore, project: ProjectId): ActivityRepository {
  const merged = new MemoryStore();
  for (const activity of store.activities.values()) {
    const moved = inProject(activity, project);
    const key = ActivityKeyText.of(moved);
    // The key ends with the original project, so that activities with the same id have different keys.
    merged.activities.set(ActivityKeyText.trusted(`${key} ${activity.project}`), moved);
  }
  return new MemoryActivityRepository(merged);
}

const blind = (store: MemoryStore, { project }: ActivityFilter): ActivityRepository =>
  withAllIn(store, project);

/** Repositories that mix activities of several projects, one for each method. */
export const repositoriesWithoutProjects: Broken<RepositorySubject> = [
  [
    'R18',
    'compares new activities with those of the same id in any project',
    repository((sound, store) => ({
      async save(activities) {
        const ids = new Map([...store.activities.values()].map((activity) => [activity.id, activity]));
        return Promise.all(
          activities.map(async (activity) => {
            const first = ids.get(activity.id);
            if (first !== undefined) return first.compare(activity);
            ids.set(activity.id, activity);
            return (await sound.save([activity]))[0] ?? 'stored';
          }),
        );
      },
    })),
  ],
  [
    'R18',
    'finds activities of every project',
    repository((_, store) => ({ find: (query) => blind(store, query.filter).find(query) })),
  ],
  [
    'R18',
    'finds activities of every project by their user',
    repository((sound, store) => ({
      find: (query) =>
        query.filter.userIds.length === 0 ? sound.find(query) : blind(store, query.filter).find(query),
    })),
  ],
  [
    'R18',
    'finds activities of every project after the first page',
    repository((sound, store) => ({
      find: (query) =>
        query.after === undefined ? sound.find(query) : blind(store, query.filter).find(query),
    })),
  ],
  [
    'R18',
    'counts activities of every project',
    repository((_, store) => ({ count: (filter) => blind(store, filter).count(filter) })),
  ],
  [
    'R18',
    'counts activities of every project by key',
    repository((_, store) => ({
      countByKey: (filter, field, max) => blind(store, filter).countByKey(filter, field, max),
    })),
  ],
  [
    'R18',
    'counts activities of every project by slot',
    repository((_, store) => ({
      countBySlot: (filter, slots, max) => blind(store, filter).countBySlot(filter, slots, max),
    })),
  ],
  [
    'R18',
    'finds an activity by its id in any project',
    repository((_, store) => ({
      async findById({ id }) {
        const found = [...store.activities.values()].find((activity) => activity.id === id);
        return found && StoredActivity.of(found);
      },
    })),
  ],
  [
    'R18',
    'finds activities by their ids in any project',
    repository((_, store) => ({
      async findByIds(keys) {
        const ids = new Set(keys.map(({ id }) => id));
        return [...store.activities.values()]
          .filter(({ id }) => ids.has(id))
          .map((activity) => StoredActivity.of(activity));
      },
    })),
  ],
];

/** Returns a repository in which every letter belongs to `project`. */
function lettersIn(store: MemoryStore, project: ProjectId): MemoryDeadLetterRepository {
  const merged = new MemoryStore();
  for (const letter of store.letters.values())
    merged.letters.set(DeadLetterId.of(letter.origin), { ...letter, project });
  return new MemoryDeadLetterRepository(merged);
}

/** Letter repositories that mix letters of several projects, one for each method. */
export const letterRepositoriesWithoutProjects: Broken<LetterRepositorySubject> = [
  [
    'B12',
    'lists letters of every project',
    letters((_, store) => ({ find: (query) => lettersIn(store, query.filter.project).find(query) })),
  ],
  [
    'B12',
    'returns letters of every project by their ids',
    letters((_, store) => ({
      findByIds: (project, ids, maxBytes) => lettersIn(store, project).findByIds(project, ids, maxBytes),
    })),
  ],
  [
    'B12',
    'finds the latest letter of an activity id in any project',
    letters((_, store) => ({
      findLatestLetters: async (keys) =>
        (await Promise.all(keys.map((key) => lettersIn(store, key.project).findLatestLetters([key])))).flat(),
    })),
  ],
];
