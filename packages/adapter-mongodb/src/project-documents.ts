import { ProjectSettings } from '@user-activity/domain';

/** The settings of a project, in the collection `retentions`. The collection has the name of the first setting. */
export interface SettingsDocument {
  /** The project. */
  readonly _id: string;
  /** The retention of the project, in days. Absent if the project has no retention of its own. */
  readonly days?: number;
  /** Absent if the project has no limits. */
  readonly limits?: Readonly<Record<string, number>>;
}

export const settingsFromDocument = ({ days, limits }: Partial<SettingsDocument>): ProjectSettings =>
  ProjectSettings.trusted(days, limits ?? {});

/** The latest erasure of a project, in the collection `erasures`. The document stays after the end of the erasure. */
export interface ErasureDocument {
  /** The project. */
  readonly _id: string;
  readonly erasedAt: Date;
  /** Absent once the erasure has ended. */
  readonly erasing?: true;
}

/** The index of the erasures that have not ended. */
export const erasingIndex = {
  key: { erasing: 1, _id: 1 },
  partialFilterExpression: { erasing: true },
} as const;
