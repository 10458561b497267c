import { setImmediate as nextTurn } from 'node:timers/promises';
import { ProjectSettings } from '@user-activity/domain';
import type { ProjectRepositorySubject } from '@user-activity/port-contracts';
import type { Broken } from './broken.ts';
import { projects } from './broken-project-repositories.ts';

/** Repositories that keep the settings of projects wrongly. */
export const brokenSettings: Broken<ProjectRepositorySubject> = [
  [
    'J1',
    'does not list a project that has only limits',
    projects((sound) => ({
      find: async (query) => {
        const page = await sound.find(query);
        return { ...page, projects: page.projects.filter(({ id }) => id !== 'with-limits') };
      },
    })),
  ],
  [
    'J3',
    'forgets the settings that a change does not name',
    projects((sound, { projectSettings }) => ({
      changeSettings: async (project, change) => {
        projectSettings.delete(project);
        return sound.changeSettings(project, change);
      },
    })),
  ],
  [
    'J3',
    'overwrites concurrent changes of other settings',
    projects((_, { projectSettings }) => ({
      changeSettings: async (project, change) => {
        const before = projectSettings.get(project) ?? ProjectSettings.none;
        await nextTurn();
        const settings = ProjectSettings.changed(before, change);
        if (ProjectSettings.isNone(settings)) projectSettings.delete(project);
        else projectSettings.set(project, settings);
        return settings;
      },
    })),
  ],
  [
    'J5',
    'keeps the limits of an erased project',
    projects((sound, { projectSettings }) => ({
      beginErasure: async (project, now) => {
        const limits = projectSettings.get(project)?.limits ?? {};
        const erasure = await sound.beginErasure(project, now);
        await sound.changeSettings(project, { limits });
        return erasure;
      },
    })),
  ],
];
