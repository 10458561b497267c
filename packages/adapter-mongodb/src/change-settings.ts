import {
  maxProjectSettings,
  type ProjectId,
  ProjectSettings,
  type SettingsChange,
  UsageLimits,
} from '@user-activity/domain';
import type { MongoStore } from './mongo-store.ts';
import { settingsFromDocument } from './project-documents.ts';

/** Changes only the settings that `change` names, so that concurrent changes of other settings are kept. */
export async function changeSettings(
  { settings, timeoutMs }: MongoStore,
  project: ProjectId,
  change: SettingsChange,
): Promise<ProjectSettings | 'too-many'> {
  const update = updateOf(change);
  const options = { returnDocument: 'after', maxTimeMS: timeoutMs } as const;
  const changed = await settings.findOneAndUpdate({ _id: project }, update, options);
  if (changed !== null) {
    const isEmpty = { _id: project, days: { $exists: false }, limits: { $exists: false } };
    if (ProjectSettings.isNone(settingsFromDocument(changed))) await settings.deleteOne(isEmpty);
    return settingsFromDocument(changed);
  }
  if (ProjectSettings.isNone(ProjectSettings.changed(ProjectSettings.none, change)))
    return ProjectSettings.none;
  const count = await settings.countDocuments({}, { limit: maxProjectSettings, maxTimeMS: timeoutMs });
  if (count >= maxProjectSettings) return 'too-many';
  const added = await settings.findOneAndUpdate({ _id: project }, update, { ...options, upsert: true });
  return settingsFromDocument(added ?? {});
}

/** Returns the MongoDB update for a change. */
function updateOf({ retentionDays, limits }: SettingsChange) {
  const hasLimits = limits !== undefined && !UsageLimits.isNone(limits);
  return {
    $set: {
      ...(typeof retentionDays === 'number' ? { days: retentionDays } : {}),
      ...(hasLimits ? { limits: { ...limits } } : {}),
    },
    $unset: {
      ...(retentionDays === null ? { days: true as const } : {}),
      ...(limits === undefined || hasLimits ? {} : { limits: true as const }),
    },
  };
}
