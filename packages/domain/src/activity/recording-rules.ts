import type { RetentionDays } from '../project/retention-days.ts';
import type { ProjectId } from './project-id.ts';

/** The default limit on the metadata of a new activity, in bytes of JSON in UTF-8: 32 KiB. */
export const defaultMetadataBytes: number = 32 * 1024;

/** The highest limit on metadata that can be configured, and the limit for activities from the log: 256 KiB. */
export const maxMetadataBytes: number = 256 * 1024;

/** A deployment's rules for new activities. Only `UserActivity.record` applies them; activities on the log are exempt. */
export interface RecordingRules {
  /** The limit on metadata, in bytes of JSON in UTF-8. At most `maxMetadataBytes`. */
  readonly maxMetadataBytes: number;
  /** Words that a client must not use as an id, because they have another meaning in the path of a route, such as `count`. */
  readonly reservedIds: ReadonlySet<string>;
  /** Returns the retention of a project, or undefined if the project keeps everything. A createdAt before the retention is a violation. */
  readonly retentionOf: (project: ProjectId) => RetentionDays | undefined;
}

/** The rules without any configuration: 32 KiB of metadata, no reserved ids and no retention. */
export const defaultRecordingRules: RecordingRules = {
  maxMetadataBytes: defaultMetadataBytes,
  reservedIds: new Set(),
  retentionOf: () => undefined,
};
