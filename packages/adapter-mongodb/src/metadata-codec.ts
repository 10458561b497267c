import { type JsonObject, type JsonValue, Metadata } from '@user-activity/domain';

// Characters with a meaning for MongoDB are percent-encoded in keys. No key contains U+0000, but a query may.
const specialCharacters = /^\$|[.%\0]/g;
// Keys with a meaning for the driver. It also mistakes a key for the member of the same name that every object inherits.
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

// The characters of nearly all keys. None of them has a meaning for MongoDB.
const plainKey = /^[A-Za-z0-9_-]+$/;

/** Returns whether the key is its own field name, in a third of the time of `encodeKey`. */
export const keepsKey = (key: string): boolean =>
  (plainKey.test(key) && !specialKeys.has(key)) || encodeKey(key) === key;

const percentEncoded = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

function decodeKey(key: string): string {
  if (!key.includes('%')) return key;
  return key === emptyKey
    ? ''
    : key.replaceAll(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

export const encodeMetadata = (metadata: JsonObject): JsonObject => withKeys(metadata, encodeKey);

export const decodeMetadata = (stored: JsonObject): Metadata => Metadata.trusted(withKeys(stored, decodeKey));

/** Renames all keys. Copies the object only if a key changes, because a copy takes three times as long as the check. */
const withKeys = (value: JsonObject, rename: (key: string) => string): JsonObject =>
  changesKey(value, rename) ? (renamed(value, rename) as JsonObject) : value;

// Recursion is safe, because metadata is at most 64 levels deep.
function changesKey(value: JsonValue, rename: (key: string) => string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isList(value)) return value.some((item) => changesKey(item, rename));
  return Object.keys(value).some((key) => rename(key) !== key || changesKey(value[key] ?? null, rename));
}

function renamed(value: JsonValue, rename: (key: string) => string): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((item) => renamed(item, rename));
  const members = Object.entries(value);
  return Object.fromEntries(members.map(([key, member]) => [rename(key), renamed(member, rename)]));
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
