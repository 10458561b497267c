import { type JsonObject, type JsonValue, Metadata } from '@user-activity/domain';

// Characters that have a meaning for MongoDB. They are percent-encoded in keys. No stored key contains U+0000, but a query may.
const specialCharacters = /^\$|[.%\0]/g;
// Keys that have a meaning for the driver, and names of members that every object inherits: the driver confuses a key with such a member.
const specialKeys: ReadonlySet<string> = new Set([
  '_bsontype',
  'toBSON',
  ...Object.getOwnPropertyNames(Object.prototype),
]);
const emptyKey = '%';

/** Returns the field name for a metadata key. Different keys have different field names. */
export function encodeKey(key: string): string {
  if (key === '') return emptyKey;
  if (specialKeys.has(key)) return `${percentEncoded(key.slice(0, 1))}${key.slice(1)}`;
  return key.replaceAll(specialCharacters, percentEncoded);
}

// Nearly all keys have only these characters. None of them has a meaning for MongoDB.
const plainKey = /^[A-Za-z0-9_-]+$/;

/** Returns whether `encodeKey` would return the key unchanged. Takes a third of the time of `encodeKey`. */
export const needsNoEncoding = (key: string): boolean =>
  (plainKey.test(key) && !specialKeys.has(key)) || encodeKey(key) === key;

const percentEncoded = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

function decodeKey(key: string): string {
  if (!key.includes('%')) return key;
  return key === emptyKey
    ? ''
    : key.replaceAll(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

export const encodeMetadata = (metadata: JsonObject): JsonObject => renameKeys(metadata, encodeKey);

export const decodeMetadata = (stored: JsonObject): Metadata =>
  Metadata.trusted(renameKeys(stored, decodeKey));

/** Renames all keys. Copies the object only if a key changes, because a copy takes three times as long as the check. */
const renameKeys = (value: JsonObject, rename: (key: string) => string): JsonObject =>
  hasKeyToRename(value, rename) ? (copyWithNewKeys(value, rename) as JsonObject) : value;

// Recursion is safe, because metadata is at most 64 levels deep.
function hasKeyToRename(value: JsonValue, rename: (key: string) => string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isList(value)) return value.some((item) => hasKeyToRename(item, rename));
  return Object.keys(value).some((key) => rename(key) !== key || hasKeyToRename(value[key] ?? null, rename));
}

function copyWithNewKeys(value: JsonValue, rename: (key: string) => string): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((item) => copyWithNewKeys(item, rename));
  const members = Object.entries(value);
  return Object.fromEntries(members.map(([key, member]) => [rename(key), copyWithNewKeys(member, rename)]));
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
