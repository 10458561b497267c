import { hash } from 'node:crypto';
import { maxOriginalBytes } from '@user-activity/application';
import { type JsonValue, maxMetadataBytes } from '@user-activity/domain';
import { UnreadValue } from '../bodies/members.ts';
import { isMetadata } from './mended-json.ts';
import { stringifyDeep } from './whole-json.ts';

/** An entry of `metadata.original`: a member of a call as it was sent, or a shorter form of a value that metadata cannot hold. */
export interface Original {
  readonly name: string;
  readonly shownValue: JsonValue;
}

/**
 * Returns the maximum size in bytes of a call's metadata without `original`. It is smaller than the configured maximum if `original` needs
 * the room.
 */
export const maxCallMetadataBytes = (configuredMaxBytes: number): number =>
  Math.min(configuredMaxBytes, maxMetadataBytes - maxOriginalBytes);

const maxShownBytes = 1024;

/**
 * Makes the original of a member. A value that metadata cannot hold becomes `{json}`, its JSON as text. Above 1 KiB, it becomes `{bytes,
 * sha256}`.
 */
export function originalOf(name: string, raw: unknown): Original {
  if (raw instanceof UnreadValue) return digestOfOriginal(name, raw);
  const json = stringifyDeep(raw);
  return { name, shownValue: shownValueOf(raw, json) ?? digestOf(json) };
}

function shownValueOf(raw: unknown, json: string): JsonValue | undefined {
  if (json.length > maxShownBytes) return undefined;
  if (isJsonValue(raw) && Buffer.byteLength(json) <= maxShownBytes) return raw;
  const asText = { json };
  return Buffer.byteLength(JSON.stringify(asText)) <= maxShownBytes ? asText : undefined;
}

/** Returns whether `metadata.original` can hold the value unchanged. */
function isJsonValue(raw: unknown): raw is JsonValue {
  if (typeof raw === 'string') return raw.isWellFormed();
  return typeof raw !== 'object' || isMetadata({ original: { sent: raw } }, 2 * maxShownBytes);
}

/** Makes the original of an omitted member: its size and SHA-256. */
export const digestOfOriginal = (name: string, raw: unknown): Original => ({
  name,
  shownValue: digestOfValue(raw),
});

/** Makes the originals of omitted properties. Their `bytes` and `sha256` become members of `metadata.original` itself. */
export const digestOfProperties = (raw: unknown): readonly Original[] =>
  Object.entries(digestOfValue(raw)).map(([name, shownValue]) => ({ name, shownValue }));

const digestOfValue = (raw: unknown) =>
  raw instanceof UnreadValue ? { bytes: raw.bytes, sha256: raw.sha256 } : digestOf(stringifyDeep(raw));

/** Returns the size of JSON as UTF-8, and its SHA-256 in hexadecimal. */
const digestOf = (json: string) => ({
  bytes: Buffer.byteLength(json),
  sha256: hash('sha256', json),
});
