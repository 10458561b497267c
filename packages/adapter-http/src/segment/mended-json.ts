import { Metadata, Violations } from '@user-activity/domain';
import { isMembers, type Members, UnreadValue } from '../bodies/members.ts';

interface MendedJson {
  readonly value: unknown;
  /** Whether `value` differs from the value that the client sent. */
  readonly isChanged: boolean;
}

/** Returns whether the domain accepts a value as metadata of at most `maxBytes`. */
export const isMetadata = (value: unknown, maxBytes: number): boolean =>
  Metadata.parse(value, '', new Violations(0), maxBytes) !== undefined;

// Metadata has at most this many levels. The limit also bounds the recursion.
const maxLevels = 16;

/**
 * Returns a copy of a JSON value that metadata can hold. U+FFFD replaces each unpaired surrogate in strings. Keys that metadata rejects get
 * new, unique names, in which U+FFFD replaces each unpaired surrogate and U+0000. A number is appended, as in `name~1`, to `__proto__`, to
 * a `constructor` that holds `prototype`, and to a name that another key already has.
 *
 * Returns undefined if the value has more than 16 levels, certainly takes more than `maxBytes`, or is an `UnreadValue`. Stops reading at
 * these limits.
 */
export function mendJson(raw: unknown, maxBytes: number): MendedJson | undefined {
  if (raw instanceof UnreadValue) return undefined;
  let isChanged = false;
  let bytesLeft = maxBytes;
  const markChanged = <Value>(value: Value): Value => {
    isChanged = true;
    return value;
  };
  const mend = (value: unknown, level: number): unknown => {
    // This subtracts the least that a value can take: one byte, and one byte for each code unit of a string or key.
    bytesLeft -= typeof value === 'string' ? value.length : 1;
    if (typeof value === 'string') return value.isWellFormed() ? value : markChanged(value.toWellFormed());
    if (typeof value !== 'object' || value === null) return value;
    if (level === maxLevels) bytesLeft = -1;
    if (Array.isArray(value)) return mendItems(value, level);
    return isMembers(value) ? mendMembers(value, level) : value;
  };
  const mendItems = (elements: readonly unknown[], level: number): unknown[] => {
    const items: unknown[] = [];
    for (const item of elements) {
      if (bytesLeft < 0) break;
      items.push(mend(item, level + 1));
    }
    return items;
  };
  const mendMembers = (members: Members, level: number): Members => {
    const keys = Object.keys(members);
    const mended: Record<string, unknown> = {};
    if (keys.length > bytesLeft) bytesLeft = -1;
    const nameByKey = bytesLeft < 0 ? undefined : newNames(members, keys);
    for (const key of keys) {
      bytesLeft -= key.length;
      if (bytesLeft < 0) break;
      const name = nameByKey?.get(key);
      mended[name === undefined ? key : markChanged(name)] = mend(members[key], level + 1);
    }
    return mended;
  };
  const value = mend(raw, 0);
  return bytesLeft < 0 ? undefined : { value, isChanged };
}

/** Returns whether the domain's `Metadata` rejects the key. */
function isForbiddenKey(key: string, member: unknown): boolean {
  if (key === 'constructor') return isMembers(member) && Object.hasOwn(member, 'prototype');
  return key === '__proto__' || key.includes('\0') || !key.isWellFormed();
}

/** Returns a new name for each forbidden key, by key. Sorts the keys, so that the order of the members does not matter. */
function newNames(members: Members, keys: readonly string[]): ReadonlyMap<string, string> {
  const nameByKey = new Map<string, string>();
  const takenNames = new Set<string>();
  const lastNumberByBase = new Map<string, number>();
  for (const key of keys.filter((name) => isForbiddenKey(name, members[name])).toSorted()) {
    const base = key.toWellFormed().replaceAll('\0', '\ufffd');
    let name = base;
    let number = lastNumberByBase.get(base) ?? 0;
    while (Object.hasOwn(members, name) || takenNames.has(name)) {
      number += 1;
      name = `${base}~${number}`;
    }
    lastNumberByBase.set(base, number);
    takenNames.add(name);
    nameByKey.set(key, name);
  }
  return nameByKey;
}
