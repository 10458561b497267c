import { createHash } from 'node:crypto';
import type { JsonValue } from '@user-activity/domain';
import { UnreadValue } from '../bodies/unread-value.ts';
import { isMetadata } from './metadata-of-calls.ts';
import { wholeJson } from './whole-json.ts';

/** A member of a call as it was sent. `metadata.original` shows it under its name. */
export interface Original {
  readonly name: string;
  readonly shown: JsonValue;
}

/** Replaces a value that is not kept: the number of bytes of its JSON in UTF-8, and their SHA-256 in hexadecimal. */
type JsonDigest = Readonly<Record<'bytes', number> & Record<'sha256', string>>;

const maxBytes = 1024;

/**
 * Shows a member as it was sent. A value that metadata cannot hold, such as a string with unpaired surrogates, is shown as `{json}`, and
 * one of more than 1 KiB of JSON as `{bytes, sha256}`.
 */
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
const digestOfValue = (sent: unknown): JsonDigest =>
  sent instanceof UnreadValue ? { bytes: sent.bytes, sha256: sent.sha256 } : digestOf(wholeJson(sent));

function digestOf(json: string): JsonDigest {
  return {
    bytes: Buffer.byteLength(json),
    sha256: createHash('sha256').update(json).digest('hex'),
  };
}
