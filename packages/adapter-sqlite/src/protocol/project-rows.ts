import { parseJson, ProjectSettings } from '@user-activity/domain';
import type { Position } from './branches.ts';

/** The settings of a project. `limits` is a JSON object of numbers. */
export type SettingsRow = readonly [project: string, retentionDays: number | null, limits: string];

/** Returns the settings in the columns of a row. */
export const settingsOf = (retentionDays: number | null, limits: string): ProjectSettings =>
  ProjectSettings.trusted(retentionDays, parseJson(limits) as Readonly<Record<string, number>>);

/** A listed project. `limits` is null if the project has no settings. `erasing` is 1 while its data is being erased. */
export type ProjectRow = readonly [
  id: string,
  retentionDays: number | null,
  limits: string | null,
  erasing: 0 | 1,
];

/** An erasure, with its time in milliseconds since 1970. `erasing` is 0 once it has ended. */
export type ErasureRow = readonly [project: string, erasedAt: number, erasing: 0 | 1];

/** Limits a removal of activities. Null is no limit. */
export interface RemovalInput {
  readonly project: string;
  readonly createdBefore: number | null;
  readonly receivedUpTo: number | null;
  /** The time and the key after which the portion begins. */
  readonly after: Position | null;
  readonly limit: number;
}

/** Asks for the size of activities. */
export interface MeasurementInput extends Pick<RemovalInput, 'project' | 'after' | 'limit'> {}

export interface MeasurementOutput {
  readonly bytes: number;
  readonly next: Position | null;
}

export interface RemovalOutput {
  readonly removed: number;
  readonly next: Position | null;
}

/** A record whose activity is erased: the activity's key, and the origin of its dead letter. */
export interface ErasedRow {
  readonly project: string;
  readonly key: string;
  readonly erasedAt: number;
  readonly letter: readonly [topic: string, partition: number, offset: number];
}
