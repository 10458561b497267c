import type { ProjectRepositorySubject } from '@user-activity/port-contracts';
import type { Broken } from './broken.ts';
import { projects } from './broken-project-repositories.ts';

/** Repositories of projects that measure activities wrongly. */
export const brokenMeasurements: Broken<ProjectRepositorySubject> = [
  [
    'J14',
    'returns the number of activities instead of their size',
    projects((sound, { activities }) => ({
      measureActivities: async (measurement) => ({
        ...(await sound.measureActivities(measurement)),
        bytes: activities.size * 500,
      }),
    })),
  ],
  [
    'J14',
    'counts characters instead of bytes',
    projects((sound, { activities }) => ({
      measureActivities: async (measurement) => ({
        ...(await sound.measureActivities(measurement)),
        bytes: [...activities.values()]
          .filter(({ project }) => project === measurement.project)
          .reduce((sum, { metadata }) => sum + JSON.stringify(metadata).length + 100, 0),
      }),
    })),
  ],
  [
    'J14',
    'measures the first portion again and again',
    projects((sound) => ({
      measureActivities: async (measurement) => ({
        ...(await sound.measureActivities(measurement)),
        bytes: (await sound.measureActivities({ ...measurement, after: undefined })).bytes,
      }),
    })),
  ],
  [
    'J14',
    'measures everything in one portion',
    projects((sound) => ({
      measureActivities: (measurement) => sound.measureActivities({ ...measurement, limit: 1_000_000 }),
    })),
  ],
  [
    'J14',
    'counts activities that were removed',
    projects((sound) => {
      let largest = 0;
      return {
        measureActivities: async (measurement) => {
          const portion = await sound.measureActivities(measurement);
          largest = Math.max(largest, portion.bytes);
          return { ...portion, bytes: largest };
        },
      };
    }),
  ],
];
