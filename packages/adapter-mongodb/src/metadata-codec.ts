import { type JsonObject, type JsonValue, Metadata } from '@user-activity/domain';

// Keys that are special to MongoDB or its driver are encoded with percent signs, so that a path of metadata is a path of the document.
// No key contains U+0000, but a query may.
const specialCharacters = /^\$|[.%\0]/g;
// The driver looks keys up in a plain object, and there finds the members that every object inherits, such as `constructor`.
const specialKeys: ReadonlySet<string> = new Set([
  '_bsontype',
  'toBSON',
  ...Object.getOwnPropertyNames(Object.prototype),
]);
const emptyKey = '%';

/** Returns the name of a metadata key in a document. Different keys have different names. */
export function encodeKey(key: string): string {
  if (key === '') return emptyKey;
  if (specialKeys.has(key)) return `${percentEncoded(key.slice(0, 1))}${key.slice(1)}`;
  return key.replaceAll(specialCharacters, percentEncoded);
}

const percentEncoded = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

function decodeKey(key: string): string {
  if (!key.includes('%')) return key;
  return key === emptyKey
    ? ''
    : key.replaceAll(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Converts metadata for its document. Metadata is at most 64 levels deep, so recursion is safe. */
export const encodeMetadata = (metadata: JsonObject): JsonObject => withKeys(metadata, encodeKey);

/** Converts the metadata of a document back. */
export const decodeMetadata = (stored: JsonObject): Metadata => Metadata.trusted(withKeys(stored, decodeKey));

/** Renames all keys. Copies the object only if a key changes: a copy takes three times as long as the check. */
const withKeys = (value: JsonObject, rename: (key: string) => string): JsonObject =>
  changesKey(value, rename) ? (renamed(value, rename) as JsonObject) : value;

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
