import { ProjectSettings } from '@user-activity/domain';

/** The settings of a project that has some, in the collection `retentions`: a retention was the first setting. */
export interface SettingsDocument {
  /** The project. */
  readonly _id: string;
  /** The retention of the project. Absent if it has none of its own. */
  readonly days?: number;
  /** Absent if there are none. */
  readonly limits?: Readonly<Record<string, number>>;
}

export const settingsOf = ({ days, limits }: Partial<SettingsDocument>): ProjectSettings =>
  ProjectSettings.trusted(days, limits ?? {});

/** The latest erasure of a project, in the collection `erasures`. It stays after its end. */
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
