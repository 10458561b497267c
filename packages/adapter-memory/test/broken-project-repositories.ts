import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  ActivityKeyText,
  DeadLetterId,
  nextErasedAt,
  type ProjectPage,
  type ProjectQuery,
  type ProjectRepository,
  ProjectSettings,
  Timestamp,
} from '@user-activity/domain';
import type { ProjectRepositorySubject } from '@user-activity/port-contracts';
import { MemoryProjectRepository, MemoryStore } from '../src/index.ts';
import type { Broken } from './broken.ts';
import { withoutLog } from './broken-letters.ts';
import { memoryProjects } from './memory-subjects.ts';

/** Makes a repository of projects with some methods replaced. */
export const projects =
  (overrides: (sound: ProjectRepository, store: MemoryStore) => Partial<ProjectRepository>) =>
  async (): Promise<ProjectRepositorySubject> => {
    const store = new MemoryStore();
    const sound = new MemoryProjectRepository(store);
    return {
      ...(await memoryProjects(store)),
      open: async () => ({
        find: (query) => sound.find(query),
        findSettings: () => sound.findSettings(),
        changeSettings: (project, change) => sound.changeSettings(project, change),
        beginErasure: (project, now) => sound.beginErasure(project, now),
        findErasures: (ids) => sound.findErasures(ids),
        findErasing: (limit) => sound.findErasing(limit),
        endErasure: (erasure) => sound.endErasure(erasure),
        removeActivities: (removal) => sound.removeActivities(removal),
        measureActivities: (measurement) => sound.measureActivities(measurement),
        removeLetters: (project, diedUpTo, limit) => sound.removeLetters(project, diedUpTo, limit),
        removeErased: (records) => sound.removeErased(records),
        expireAfter: () => sound.expireAfter(),
        claimSweep: (claim) => sound.claimSweep(claim),
        releaseSweep: (claim) => sound.releaseSweep(claim),
        ...overrides(sound, store),
      }),
    };
  };

const listing = (change: (page: ProjectPage, query: ProjectQuery, store: MemoryStore) => ProjectPage) =>
  projects((sound, store) => ({ find: async (query) => change(await sound.find(query), query, store) }));

export const brokenProjectRepositories: Broken<ProjectRepositorySubject> = [
  [
    'J1',
    'lists only projects with activities',
    listing(({ projects: found, hasMore }, _, { activities }) => ({
      projects: found.filter(({ id }) => [...activities.values()].some(({ project }) => project === id)),
      hasMore,
    })),
  ],
  [
    'J1',
    'does not mark projects that are being erased',
    listing(({ projects: found, hasMore }) => ({
      projects: found.map((project) => ({ ...project, erasing: false })),
      hasMore,
    })),
  ],
  [
    'J2',
    'says that each page is the last one',
    listing(({ projects: found }) => ({ projects: found, hasMore: false })),
  ],
  [
    'J2',
    'skips the first project of each further page',
    listing(({ projects: found, hasMore }, { after }) => ({
      projects: after === undefined ? found : found.slice(1),
      hasMore,
    })),
  ],
  [
    'J3',
    'never changes a retention',
    projects((sound, { projectSettings }) => ({
      changeSettings: async (project, change) => {
        const first = projectSettings.get(project);
        return first === undefined || typeof change.retentionDays !== 'number'
          ? sound.changeSettings(project, change)
          : first;
      },
    })),
  ],
  [
    'J4',
    'keeps any number of retentions',
    projects((_, { projectSettings }) => ({
      changeSettings: async (project, change) => {
        const settings = ProjectSettings.changed(
          projectSettings.get(project) ?? ProjectSettings.none,
          change,
        );
        if (ProjectSettings.isNone(settings)) projectSettings.delete(project);
        else projectSettings.set(project, settings);
        return settings;
      },
    })),
  ],
  [
    'J5',
    'replaces the time of a later erasure by an earlier time',
    projects((_, { erasures, projectSettings }) => ({
      beginErasure: async (project, erasedAt) => {
        projectSettings.delete(project);
        erasures.set(project, { project, erasedAt, erasing: true });
        return { project, erasedAt };
      },
    })),
  ],
  [
    'J5',
    "lets concurrent erasures overwrite each other's times",
    projects((_, { erasures }) => ({
      beginErasure: async (project, now) => {
        const erasedAt = nextErasedAt(erasures.get(project)?.erasedAt, now);
        await nextTurn();
        const erasure = { project, erasedAt };
        erasures.set(project, { ...erasure, erasing: true });
        return erasure;
      },
    })),
  ],
  [
    'J5',
    'forgets ended erasures',
    projects((sound, { erasures }) => ({
      findErasures: async (ids) =>
        (await sound.findErasures(ids)).filter(({ project }) => erasures.get(project)?.erasing),
    })),
  ],
  [
    'J5',
    'marks each erasure as under way',
    projects((sound) => ({
      findErasures: async (ids) =>
        (await sound.findErasures(ids)).map((erasure) => ({ ...erasure, erasing: true })),
    })),
  ],
  [
    'J6',
    'ends a later erasure of the same project too',
    projects((_, { erasures }) => ({
      endErasure: async ({ project }) => {
        const latest = erasures.get(project);
        if (latest !== undefined) erasures.set(project, { ...latest, erasing: false });
      },
    })),
  ],
  [
    'J7',
    'also removes activities at the time `createdBefore`',
    projects((sound) => ({
      removeActivities: (removal) =>
        sound.removeActivities({
          ...removal,
          createdBefore: removal.createdBefore && Timestamp.trusted(removal.createdBefore + 1),
        }),
    })),
  ],
  [
    'J7',
    'ignores the time at which an activity was received',
    projects((sound) => ({
      removeActivities: (removal) => sound.removeActivities({ ...removal, receivedUpTo: undefined }),
    })),
  ],
  [
    'J7',
    'ends at the first portion with an activity that stays',
    projects((sound) => ({
      removeActivities: async (removal) => {
        const portion = await sound.removeActivities(removal);
        return portion.removed < removal.limit ? { ...portion, next: undefined } : portion;
      },
    })),
  ],
  [
    'J8',
    'ignores the limit',
    projects((sound) => ({
      removeLetters: (project, diedUpTo) => sound.removeLetters(project, diedUpTo, 1000),
    })),
  ],
  [
    'J9',
    'also removes activities that were received after the erasure',
    projects((sound, { activities }) => ({
      removeErased: async (records) => {
        await sound.removeErased(records);
        for (const record of records) activities.delete(ActivityKeyText.of(record));
      },
    })),
  ],
  [
    'J9',
    'does not remove dead letters',
    projects((sound, { letters }) => ({
      removeErased: async (records) => {
        const kept = [...letters];
        await sound.removeErased(records);
        for (const [id, letter] of kept) letters.set(id, letter);
      },
    })),
  ],
  [
    'J9',
    'removes the dead letter of the first log instead',
    projects((sound) => ({
      removeErased: (records) =>
        sound.removeErased(
          records.map((record) => ({
            ...record,
            letterId: DeadLetterId.of(withoutLog(DeadLetterId.originOf(record.letterId))),
          })),
        ),
    })),
  ],
  [
    'J10',
    'counts hours instead of days',
    projects((_, { activities }) => ({
      expireAfter: async (days) => {
        for (const [key, { createdAt }] of activities)
          if (days !== undefined && createdAt < Date.now() - days * 3_600_000) activities.delete(key);
      },
    })),
  ],
  [
    'J11',
    'lets concurrent callers claim the same sweep',
    projects((_, { claims }) => ({
      claimSweep: async ({ from, until }) => {
        const held = claims.get('sweep') ?? 0;
        await nextTurn();
        if (held > from) return 'taken';
        claims.set('sweep', until);
        return 'claimed';
      },
    })),
  ],
  [
    'J12',
    'removes the dead letters of every project',
    projects((sound, { letters }) => ({
      removeLetters: async (project, diedUpTo, limit) => {
        const removed = await sound.removeLetters(project, diedUpTo, limit);
        letters.clear();
        return removed;
      },
    })),
  ],
  [
    'J12',
    'ends the erasure of every project',
    projects((_, { erasures }) => ({
      endErasure: async ({ erasedAt }) => {
        for (const [project, erasure] of erasures)
          if (erasure.erasedAt === erasedAt) erasures.set(project, { ...erasure, erasing: false });
      },
    })),
  ],
  [
    'J13',
    'finds no erasures during an outage',
    projects((sound) => ({ findErasures: (ids) => sound.findErasures(ids).catch(() => []) })),
  ],
];
