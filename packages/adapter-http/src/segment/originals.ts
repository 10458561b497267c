import { createHash } from 'node:crypto';
import type { JsonValue } from '@user-activity/domain';
import { isMetadata } from './metadata-of-calls.ts';
import { wholeJson } from './whole-json.ts';

/** What a call had in the place of something that was changed, as the member of that name of `metadata.original` shows it. */
export interface Original {
  readonly name: string;
  readonly shown: JsonValue;
}

/** Stands for a value that is not kept: the bytes of its JSON as UTF-8, and their SHA-256 in hexadecimal. */
type JsonDigest = Readonly<Record<'bytes', number> & Record<'sha256', string>>;

const maxBytes = 1024;

/**
 * Shows what was sent in a place: as it is, or as `{json}` where metadata can't hold it, such as a text with unpaired surrogates. What
 * takes more than 1 KiB of JSON is shown as `{bytes, sha256}`.
 */
export function originalOf(name: string, sent: unknown): Original {
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

/** Shows what was sent in a place and is left out. */
export const digestOfOriginal = (name: string, sent: unknown): Original => ({
  name,
  shown: digestOf(wholeJson(sent)),
});

/** The digest of the properties that are left out: what is most of the metadata has its digest beside the names of the others. */
export function digestOfMost(sent: unknown): readonly Original[] {
  const { bytes, sha256 } = digestOf(wholeJson(sent));
  return [
    { name: 'bytes', shown: bytes },
    { name: 'sha256', shown: sha256 },
  ];
}

function digestOf(json: string): JsonDigest {
  return {
    bytes: Buffer.byteLength(json),
    sha256: createHash('sha256').update(json).digest('hex'),
  };
}
