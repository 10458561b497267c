import { Metadata, Violations } from '@user-activity/domain';
import { isMembers, type Members, UnreadValue } from '../bodies/members.ts';

interface MendedJson {
  readonly value: unknown;
  /** Whether the value differs from the sent value. */
  readonly isChanged: boolean;
}

export const isMetadata = (value: unknown, maxBytes: number): boolean =>
  Metadata.parse(value, '', new Violations(0), maxBytes) !== undefined;

// The limit of metadata. It also bounds the recursion.
const maxLevels = 16;

/**
 * Returns a copy of the value that metadata can hold. U+FFFD replaces each unpaired surrogate in strings. Keys that metadata refuses get
 * new, unique names. In these, U+FFFD replaces each unpaired surrogate and U+0000. `~1`, or the next free number, follows `__proto__`,
 * a `constructor` that holds `prototype`, and a name that another key has.
 *
 * Returns undefined if the value has more than 16 levels, certainly takes more than `maxBytes`, or is an `UnreadValue`. Stops reading at
 * these limits.
 */
export function mendedJson(sent: unknown, maxBytes: number): MendedJson | undefined {
  if (sent instanceof UnreadValue) return undefined;
  let isChanged = false;
  let bytesLeft = maxBytes;
  const changed = <Value>(value: Value): Value => {
    isChanged = true;
    return value;
  };
  const mend = (value: unknown, levels: number): unknown => {
    // These are lower bounds: a value has at least one byte, and so has each code unit of a string or key.
    bytesLeft -= typeof value === 'string' ? value.length : 1;
    if (typeof value === 'string') return value.isWellFormed() ? value : changed(value.toWellFormed());
    if (typeof value !== 'object' || value === null) return value;
    if (levels === maxLevels) bytesLeft = -1;
    if (Array.isArray(value)) return mendItems(value, levels);
    return isMembers(value) ? mendMembers(value, levels) : value;
  };
  const mendItems = (list: readonly unknown[], levels: number): unknown[] => {
    const items: unknown[] = [];
    for (const item of list) {
      if (bytesLeft < 0) break;
      items.push(mend(item, levels + 1));
    }
    return items;
  };
  const mendMembers = (members: Members, levels: number): Members => {
    const keys = Object.keys(members);
    const mended: Record<string, unknown> = {};
    if (keys.length > bytesLeft) bytesLeft = -1;
    const names = bytesLeft < 0 ? undefined : newNames(members, keys);
    for (const key of keys) {
      bytesLeft -= key.length;
      if (bytesLeft < 0) break;
      const name = names?.get(key);
      mended[name === undefined ? key : changed(name)] = mend(members[key], levels + 1);
    }
    return mended;
  };
  const value = mend(sent, 0);
  return bytesLeft < 0 ? undefined : { value, isChanged };
}

/** Whether the domain's `Metadata` refuses the key. */
function isRefused(key: string, member: unknown): boolean {
  if (key === 'constructor') return isMembers(member) && Object.hasOwn(member, 'prototype');
  return key === '__proto__' || key.includes('\0') || !key.isWellFormed();
}

/** Returns new names for refused keys. Sorts the keys, so that the order of the members has no effect. */
function newNames(members: Members, keys: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const numbers = new Map<string, number>();
  for (const key of keys.filter((name) => isRefused(name, members[name])).toSorted()) {
    const base = key.toWellFormed().replaceAll('\0', '\ufffd');
    let name = base;
    let number = numbers.get(base) ?? 0;
    while (Object.hasOwn(members, name) || taken.has(name)) {
      number += 1;
      name = `${base}~${number}`;
    }
    numbers.set(base, number);
    taken.add(name);
    names.set(key, name);
  }
  return names;
}
