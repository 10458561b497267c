import { ProjectId, type ProjectPage, type ProjectQuery } from '@user-activity/domain';
import type { Document } from 'mongodb';
import { activityOrder, deadLetterOrder } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { erasingIndex, settingsFromDocument } from './project-documents.ts';

/** Reads a page of projects: those with activities, dead letters, settings, or an erasure that has not ended. */
export async function readProjects(store: MongoStore, { after, limit }: ProjectQuery): Promise<ProjectPage> {
  const following = { $gt: after ?? '' };
  const max = limit + 1;
  const options = { sort: { _id: 1 }, limit: max, maxTimeMS: store.timeoutMs } as const;
  const [ofActivities, ofLetters, settings, erasures] = await Promise.all([
    projectsWithActivities(store, after, max).toArray(),
    projectsWithLetters(store, after, max).toArray(),
    store.settings.find({ _id: following }, options).toArray(),
    store.erasures
      .find({ erasing: true, _id: following }, { ...options, hint: { ...erasingIndex.key } })
      .toArray(),
  ]);
  const byProject = new Map(settings.map((document) => [document._id, document]));
  const inErasure = new Set(erasures.map(({ _id }) => _id));
  const ids = new Set([...ofActivities, ...ofLetters, ...settings, ...erasures].map(({ _id }) => _id));
  // Names are ASCII, so JavaScript sorts them as MongoDB does.
  const projects = [...ids].toSorted().map((id) => ({
    id: ProjectId.trusted(id),
    ...settingsFromDocument(byProject.get(id) ?? {}),
    erasing: inErasure.has(id),
  }));
  return { projects: projects.slice(0, limit), hasMore: projects.length > limit };
}

/** Queries the projects that have activities. Reads one key of an index for each project (DISTINCT_SCAN). */
export const projectsWithActivities = ({ activities, timeoutMs }: MongoStore, after = '', max = 1) =>
  activities.aggregate<{ readonly _id: string }>(distinctProjects(after, max), {
    hint: { ...activityOrder },
    maxTimeMS: timeoutMs,
  });

/** Queries the projects that have dead letters. Reads one key of an index for each project (DISTINCT_SCAN). */
export const projectsWithLetters = ({ deadLetters, timeoutMs }: MongoStore, after = '', max = 1) =>
  deadLetters.aggregate<{ readonly _id: string }>(distinctProjects(after, max), {
    hint: { ...deadLetterOrder },
    maxTimeMS: timeoutMs,
  });

const distinctProjects = (after: string, max: number): Document[] => [
  { $match: { project: { $gt: after } } },
  { $sort: { project: 1 } },
  { $group: { _id: '$project' } },
  { $sort: { _id: 1 } },
  { $limit: max },
];
