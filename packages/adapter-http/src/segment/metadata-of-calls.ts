import { originalsBytes } from '@user-activity/application';
import { maxMetadataBytes, Metadata, Violations } from '@user-activity/domain';

/** The maximum of bytes for the metadata of a call: it leaves room for the originals of mended values. */
export const maxBytesOfCalls = (configured: number): number =>
  Math.min(configured, maxMetadataBytes - originalsBytes);

/** Whether a value is valid metadata of at most `maxBytes` bytes. */
export const isMetadata = (value: unknown, maxBytes: number): boolean =>
  Metadata.parse(value, '', new Violations(0), maxBytes) !== undefined;
