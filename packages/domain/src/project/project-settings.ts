import { UsageLimits } from '../access/usage-limits.ts';
import type { ProjectId } from '../activity/project-id.ts';
import { RetentionDays } from './retention-days.ts';

/** The settings of a project, which operators change. */
export interface ProjectSettings {
  /** The project's own retention. Undefined if only the retention of the deployment applies. */
  readonly retentionDays: RetentionDays | undefined;
  readonly limits: UsageLimits;
}

/** The settings of a project, with the name of the project. */
export interface SettingsOfProject extends ProjectSettings {
  readonly project: ProjectId;
}

/** A change of a project's settings. A setting that is absent stays as it is. */
export interface SettingsChange {
  /** Null removes the project's own retention. */
  readonly retentionDays?: RetentionDays | null;
  /** Replaces all limits. An empty object removes them. */
  readonly limits?: UsageLimits;
}

/** The maximum number of projects with settings in a deployment. Every process of the API keeps all of them in memory. */
export const maxProjectSettings = 1000;

export const ProjectSettings = {
  /** The settings of a project for which nothing is set. */
  none: { retentionDays: undefined, limits: {} } satisfies ProjectSettings as ProjectSettings,
  /** Returns whether nothing is set. */
  isNone: ({ retentionDays, limits }: ProjectSettings): boolean =>
    retentionDays === undefined && UsageLimits.isNone(limits),
  /** Returns the settings after the change. */
  changed: (before: ProjectSettings, { retentionDays, limits }: SettingsChange): ProjectSettings => ({
    retentionDays: retentionDays === undefined ? before.retentionDays : (retentionDays ?? undefined),
    limits: limits ?? before.limits,
  }),
  /** Converts values from our own store to settings, without validation. Null and undefined mean no retention. */
  trusted: (
    retentionDays: number | null | undefined,
    limits: Readonly<Record<string, number>>,
  ): ProjectSettings => ({
    retentionDays:
      retentionDays === null || retentionDays === undefined
        ? undefined
        : RetentionDays.trusted(retentionDays),
    limits: UsageLimits.trusted(limits),
  }),
};
