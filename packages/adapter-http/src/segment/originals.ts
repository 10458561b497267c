import { createHash } from 'node:crypto';
import { originalsBytes } from '@user-activity/application';
import { type JsonValue, maxMetadataBytes } from '@user-activity/domain';
import { UnreadValue } from '../bodies/members.ts';
import { isMetadata } from './mended-json.ts';
import { wholeJson } from './whole-json.ts';

/** A member of a call as it was sent. `metadata.original` shows it under its name. */
export interface Original {
  readonly name: string;
  readonly shown: JsonValue;
}

/** The maximum of bytes for the metadata of a call: it leaves room for the originals of mended values. */
export const maxBytesOfCalls = (configured: number): number =>
  Math.min(configured, maxMetadataBytes - originalsBytes);

const maxBytes = 1024;

/** Shows a member as it was sent: as `{json}` if metadata cannot hold it, and as `{bytes, sha256}` above 1 KiB of JSON. */
export function originalOf(name: string, sent: unknown): Original {
  if (sent instanceof UnreadValue) return digestOfOriginal(name, sent);
  const json = wholeJson(sent);
  return { name, shown: shownIn(sent, json) ?? digestOf(json) };
}

function shownIn(sent: unknown, json: string): JsonValue | undefined {
  if (json.length > maxBytes) return undefined;
  if (isHeld(sent) && Buffer.byteLength(json) <= maxBytes) return sent;
  const asText = { json };
  return Buffer.byteLength(JSON.stringify(asText)) <= maxBytes ? asText : undefined;
}

/** Whether a member of `metadata.original` can be this value. */
function isHeld(sent: unknown): sent is JsonValue {
  if (typeof sent === 'string') return sent.isWellFormed();
  return typeof sent !== 'object' || isMetadata({ original: { sent } }, 2 * maxBytes);
}

/** Shows a member that was left out, by its digest. */
export const digestOfOriginal = (name: string, sent: unknown): Original => ({
  name,
  shown: digestOfValue(sent),
});

/** Shows properties that were left out. They were most of the metadata, so their size and digest are not nested under a name. */
export function digestOfProperties(sent: unknown): readonly Original[] {
  const { bytes, sha256 } = digestOfValue(sent);
  return [
    { name: 'bytes', shown: bytes },
    { name: 'sha256', shown: sha256 },
  ];
}

/** The digest of a value; for an unread value, that of its text as it was sent. */
const digestOfValue = (sent: unknown) =>
  sent instanceof UnreadValue ? { bytes: sent.bytes, sha256: sent.sha256 } : digestOf(wholeJson(sent));

/** Replaces JSON that is not kept: the number of its bytes in UTF-8, and their SHA-256 in hexadecimal. */
const digestOf = (json: string) => ({
  bytes: Buffer.byteLength(json),
  sha256: createHash('sha256').update(json).digest('hex'),
});
