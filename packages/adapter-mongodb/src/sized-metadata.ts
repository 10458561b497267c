import type { JsonObject, JsonValue } from '@user-activity/domain';
import { BSON } from 'mongodb';
import { encodeMetadata, needsNoEncoding } from './metadata-codec.ts';

// In BSON, a member has one byte for its type, and one that ends its key. A UTF-16 code unit takes at most 3 bytes.
const memberBytes = 2;
const unitBytes = 3;
// A list has its indexes as keys. A list in metadata has at most 256 Ki items, so an index has at most 6 digits.
const indexBytes = 6;
const containerBytes = 5;
const stringBytes = 5;
const numberBytes = 8;

/** Metadata as it is stored. `maxBytes` is an upper bound of its size in BSON. */
export interface SizedMetadata {
  readonly encoded: JsonObject;
  readonly maxBytes: number;
}

/** Encodes metadata as `encodeMetadata` does, and bounds its size. Takes one pass, unless a key must be renamed, which is rare. */
export function sizedMetadata(metadata: JsonObject): SizedMetadata {
  const maxBytes = maxBsonBytes(metadata);
  if (!Number.isNaN(maxBytes)) return { encoded: metadata, maxBytes };
  const encoded = encodeMetadata(metadata);
  return { encoded, maxBytes: BSON.calculateObjectSize(encoded) };
}

/** Returns an upper bound of the size in bytes, or NaN if a key must be renamed. Recursion is safe: metadata has at most 64 levels. */
function maxBsonBytes(value: JsonValue): number {
  if (typeof value === 'string') return stringBytes + unitBytes * value.length;
  if (typeof value !== 'object' || value === null) return numberBytes;
  let bytes = containerBytes;
  if (isList(value)) {
    for (const item of value) bytes += memberBytes + indexBytes + maxBsonBytes(item);
    return bytes;
  }
  for (const key in value) {
    if (!needsNoEncoding(key)) return Number.NaN;
    bytes += memberBytes + unitBytes * key.length + maxBsonBytes(value[key] ?? null);
  }
  return bytes;
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
