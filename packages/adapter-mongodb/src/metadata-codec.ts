import { type JsonObject, type JsonValue, Metadata } from '@user-activity/domain';

/**
 * Metadata as BSON. Key names that mean something to MongoDB or its driver are spelt with percent signs: a leading `$`, every `.`,
 * the empty key, and `%` itself; `_bsontype` and `toBSON`; and what every object inherits, such as `constructor`: the driver looks
 * names up in a plain object to learn which arrays to leave as bytes, and finds those. U+0000 is in no key, but may be asked for.
 * So a path of metadata is a path of the document, and no key can break one.
 */
const characters = /^\$|[.%\0]/g;
const words: ReadonlySet<string> = new Set([
  '_bsontype',
  'toBSON',
  ...Object.getOwnPropertyNames(Object.prototype),
]);
const empty = '%';

/** The key as it is spelt in a document. */
export function encodeKey(key: string): string {
  if (key === '') return empty;
  if (words.has(key)) return `${spelt(key.slice(0, 1))}${key.slice(1)}`;
  return key.replaceAll(characters, spelt);
}

const spelt = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

function decodeKey(key: string): string {
  if (!key.includes('%')) return key;
  return key === empty
    ? ''
    : key.replaceAll(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** What is stored of the metadata. It is at most 64 levels deep. */
export const encodeMetadata = (metadata: JsonObject): JsonObject => respelt(metadata, encodeKey);

/** The metadata that was stored. */
export const decodeMetadata = (stored: JsonObject): Metadata => Metadata.trusted(respelt(stored, decodeKey));

/** The object with its keys spelt so. It is copied only if one changes: a copy takes three times as long as reading it. */
const respelt = (value: JsonObject, spell: (key: string) => string): JsonObject =>
  hasOther(value, spell) ? (rekeyed(value, spell) as JsonObject) : value;

/** Whether a key is spelt otherwise. */
function hasOther(value: JsonValue, spell: (key: string) => string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isList(value)) return value.some((item) => hasOther(item, spell));
  return Object.keys(value).some((key) => spell(key) !== key || hasOther(value[key] ?? null, spell));
}

function rekeyed(value: JsonValue, spell: (key: string) => string): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((item) => rekeyed(item, spell));
  const members = Object.entries(value);
  return Object.fromEntries(members.map(([key, member]) => [spell(key), rekeyed(member, spell)]));
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
