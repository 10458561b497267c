import { Metadata, Violations } from '@user-activity/domain';
import { isMembers, type Members, UnreadValue } from '../bodies/members.ts';

interface MendedJson {
  readonly value: unknown;
  /** Whether the value differs from what was sent. */
  readonly isChanged: boolean;
}

export const isMetadata = (value: unknown, maxBytes: number): boolean =>
  Metadata.parse(value, '', new Violations(0), maxBytes) !== undefined;

// The limit for metadata. It bounds the recursion.
const maxLevels = 16;
const replacement = '\ufffd';

/**
 * Mends a value so that metadata can hold it. U+FFFD replaces each unpaired surrogate in strings. Keys that metadata refuses get new,
 * unique names: U+FFFD replaces each unpaired surrogate and U+0000, and `~1`, or the next free number, is appended to `__proto__`, to a
 * `constructor` that holds `prototype`, and to names that another key has.
 *
 * Returns undefined if the value has more than 16 levels, takes more than `maxBytes` in any notation, or is an `UnreadValue`. It stops
 * reading at these limits.
 */
export function mendedJson(sent: unknown, maxBytes: number): MendedJson | undefined {
  if (sent instanceof UnreadValue) return undefined;
  let isChanged = false;
  let left = maxBytes;
  const changed = <Value>(value: Value): Value => {
    isChanged = true;
    return value;
  };
  const mend = (value: unknown, levels: number): unknown => {
    // A value takes at least one byte, and so does each code unit of a string or key.
    left -= typeof value === 'string' ? value.length : 1;
    if (typeof value === 'string') return value.isWellFormed() ? value : changed(value.toWellFormed());
    if (typeof value !== 'object' || value === null) return value;
    if (levels === maxLevels) left = -1;
    if (Array.isArray(value)) return mendItems(value, levels);
    return isMembers(value) ? mendMembers(value, levels) : value;
  };
  const mendItems = (list: readonly unknown[], levels: number): unknown[] => {
    const items: unknown[] = [];
    for (const item of list) {
      if (left < 0) break;
      items.push(mend(item, levels + 1));
    }
    return items;
  };
  const mendMembers = (members: Members, levels: number): Members => {
    const keys = Object.keys(members);
    const mended: Record<string, unknown> = {};
    // A member takes at least one byte.
    if (keys.length > left) left = -1;
    const names = left < 0 ? undefined : newNames(members, keys);
    for (const key of keys) {
      left -= key.length;
      if (left < 0) break;
      const name = names?.get(key);
      mended[name === undefined ? key : changed(name)] = mend(members[key], levels + 1);
    }
    return mended;
  };
  const value = mend(sent, 0);
  return left < 0 ? undefined : { value, isChanged };
}

/** Whether metadata refuses the key, by the rule of the domain's `Metadata`. */
function isRefused(key: string, member: unknown): boolean {
  if (key === 'constructor') return isMembers(member) && Object.hasOwn(member, 'prototype');
  return key === '__proto__' || key.includes('\0') || !key.isWellFormed();
}

/** New names for the refused keys. Keys are sorted, because the order of members has no meaning. The time is linear. */
function newNames(members: Members, keys: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const numbers = new Map<string, number>();
  for (const key of keys.filter((name) => isRefused(name, members[name])).toSorted()) {
    const base = key.toWellFormed().replaceAll('\0', replacement);
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
