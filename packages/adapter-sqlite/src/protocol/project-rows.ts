import { parseJson, ProjectSettings } from '@user-activity/domain';
import type { Position } from './branches.ts';

/** The settings of a project. `limits` is a JSON object of numbers. */
export type SettingsRow = readonly [project: string, retentionDays: number | null, limits: string];

/** Returns the settings that two columns of a row hold. */
export const settingsFromColumns = (retentionDays: number | null, limits: string): ProjectSettings =>
  ProjectSettings.trusted(retentionDays, parseJson(limits) as Readonly<Record<string, number>>);

/** A listed project. `limits` is null if the project has no settings. `erasing` is 1 while its data is being erased. */
export type ProjectRow = readonly [
  id: string,
  retentionDays: number | null,
  limits: string | null,
  erasing: 0 | 1,
];

/** The erasure of a project. `erasedAt` is in milliseconds since 1970. `erasing` is 0 once the erasure has ended. */
export type ErasureRow = readonly [project: string, erasedAt: number, erasing: 0 | 1];

/** Selects the activities that a job removes. A time is in milliseconds since 1970, and null if it does not restrict the selection. */
export interface RemovalInput {
  readonly project: string;
  readonly createdBefore: number | null;
  readonly receivedUpTo: number | null;
  /** The job examines at most `limit` activities after this position. Null to begin with the first activity. */
  readonly after: Position | null;
  readonly limit: number;
}

/** Selects the activities whose sizes a job adds up. */
export interface MeasurementInput extends Pick<RemovalInput, 'project' | 'after' | 'limit'> {}

export interface MeasurementOutput {
  readonly bytes: number;
  /** The position after which the next job continues. Null if no activities are left. */
  readonly next: Position | null;
}

export interface RemovalOutput {
  readonly removed: number;
  /** The position after which the next job continues. Null if no activities are left. */
  readonly next: Position | null;
}

/** A record that an erasure covers: the key of its activity, and the origin of its dead letter. */
export interface ErasedRow {
  readonly project: string;
  readonly key: string;
  readonly erasedAt: number;
  readonly letter: readonly [topic: string, partition: number, offset: number];
}
