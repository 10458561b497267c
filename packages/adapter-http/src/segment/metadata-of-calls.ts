import { originalsBytes } from '@user-activity/application';
import { maxMetadataBytes, Metadata, Violations } from '@user-activity/domain';

/** The maximum of bytes that the metadata of a call may take: what was sent in the place of what is mended may come on top of it. */
export const maxBytesOfCalls = (configured: number): number =>
  Math.min(configured, maxMetadataBytes - originalsBytes);

/** Whether it is metadata of at most so many bytes that keeps every rule. */
export const isMetadata = (value: unknown, maxBytes: number): boolean =>
  Metadata.parse(value, '', new Violations(0), maxBytes) !== undefined;
