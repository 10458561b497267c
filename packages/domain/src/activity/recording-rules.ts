/** The maximum of bytes of metadata (UTF-8 of its JSON) that `record` takes if nothing else is said: 32 KiB. */
export const defaultMetadataBytes: number = 32 * 1024;

/** The maximum of bytes of metadata that any setting allows, and that is read back from the log: 256 KiB. */
export const maxMetadataBytes: number = 256 * 1024;

/** The rules of a deployment for new activities. They bind `UserActivity.record` alone, never what the log holds already. */
export interface RecordingRules {
  /** The maximum of bytes of metadata, as UTF-8 of its JSON; at most `maxMetadataBytes`. */
  readonly maxMetadataBytes: number;
  /** Words that a client can't give an activity for its id, such as those of the routes by which activities are found. */
  readonly reservedIds: ReadonlySet<string>;
}

/** 32 KiB of metadata and no reserved ids. */
export const defaultRecordingRules: RecordingRules = {
  maxMetadataBytes: defaultMetadataBytes,
  reservedIds: new Set(),
};
