import { hash } from 'node:crypto';
import { originalsBytes } from '@user-activity/application';
import { type JsonValue, maxMetadataBytes } from '@user-activity/domain';
import { UnreadValue } from '../bodies/members.ts';
import { isMetadata } from './mended-json.ts';
import { wholeJson } from './whole-json.ts';

/** A member of a call as it was sent, for `metadata.original`. */
export interface Original {
  readonly name: string;
  readonly shown: JsonValue;
}

/** Returns the maximum size in bytes of a call's metadata without its originals: `configured`, but less if the originals need the room. */
export const maxBytesOfCalls = (configured: number): number =>
  Math.min(configured, maxMetadataBytes - originalsBytes);

const maxBytes = 1024;

/** Shows a member as it was sent. A value that metadata cannot hold becomes `{json}`. More than 1 KiB of JSON becomes `{bytes, sha256}`. */
export function originalOf(name: string, sent: unknown): Original {
  if (sent instanceof UnreadValue) return digestOfOriginal(name, sent);
  const json = wholeJson(sent);
  return { name, shown: shownIn(sent, json) ?? digestOf(json) };
}

function shownIn(sent: unknown, json: string): JsonValue | undefined {
  if (json.length > maxBytes) return undefined;
  if (isJsonValue(sent) && Buffer.byteLength(json) <= maxBytes) return sent;
  const asText = { json };
  return Buffer.byteLength(JSON.stringify(asText)) <= maxBytes ? asText : undefined;
}

/** Whether metadata can hold the value in a member of `original`. */
function isJsonValue(sent: unknown): sent is JsonValue {
  if (typeof sent === 'string') return sent.isWellFormed();
  return typeof sent !== 'object' || isMetadata({ original: { sent } }, 2 * maxBytes);
}

/** Shows the size and SHA-256 of an omitted member. */
export const digestOfOriginal = (name: string, sent: unknown): Original => ({
  name,
  shown: digestOfValue(sent),
});

/** Shows the size and SHA-256 of omitted properties, which become members of `metadata.original` itself. */
export const digestOfProperties = (sent: unknown): readonly Original[] =>
  Object.entries(digestOfValue(sent)).map(([name, shown]) => ({ name, shown }));

const digestOfValue = (sent: unknown) =>
  sent instanceof UnreadValue ? { bytes: sent.bytes, sha256: sent.sha256 } : digestOf(wholeJson(sent));

/** Returns the size of JSON as UTF-8, and its SHA-256 in hexadecimal. */
const digestOf = (json: string) => ({
  bytes: Buffer.byteLength(json),
  sha256: hash('sha256', json),
});
