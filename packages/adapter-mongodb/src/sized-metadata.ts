import type { JsonObject, JsonValue } from '@user-activity/domain';
import { BSON } from 'mongodb';
import { encodeMetadata, keepsKey } from './metadata-codec.ts';

// In BSON, a member has a byte for its type, and its key ends with a zero. A UTF-16 code unit takes at most 3 bytes.
const memberBytes = 2;
const unitBytes = 3;
// A list of metadata has at most 256 Ki items, so an index has at most 6 digits.
const indexBytes = 6;
const containerBytes = 5;
const stringBytes = 5;
const numberBytes = 8;

/** Metadata as it is stored, with an upper bound of its size in BSON, in bytes. */
export interface SizedMetadata {
  readonly encoded: JsonObject;
  readonly maxBytes: number;
}

/** Encodes metadata as `encodeMetadata` does. One walk finds the bound, and whether a key must be renamed, which is rare. */
export function sizedMetadata(metadata: JsonObject): SizedMetadata {
  const maxBytes = boundOf(metadata);
  if (!Number.isNaN(maxBytes)) return { encoded: metadata, maxBytes };
  const encoded = encodeMetadata(metadata);
  return { encoded, maxBytes: BSON.calculateObjectSize(encoded) };
}

/** Returns NaN if a key must be renamed. Recursion is safe, because metadata is at most 64 levels deep. */
function boundOf(value: JsonValue): number {
  if (typeof value === 'string') return stringBytes + unitBytes * value.length;
  if (typeof value !== 'object' || value === null) return numberBytes;
  let bytes = containerBytes;
  if (isList(value)) {
    for (const item of value) bytes += memberBytes + indexBytes + boundOf(item);
    return bytes;
  }
  for (const key in value) {
    if (!keepsKey(key)) return Number.NaN;
    bytes += memberBytes + unitBytes * key.length + boundOf(value[key] ?? null);
  }
  return bytes;
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
