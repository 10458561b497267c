import { isMembers, type Members } from '../bodies/members.ts';
import { UnreadValue } from '../bodies/unread-value.ts';

/** A JSON value as metadata can hold it. */
export interface MendedJson {
  readonly value: unknown;
  /** Whether it is another than was sent. */
  readonly isChanged: boolean;
}

// Those of the largest metadata: it bounds the recursion.
const maxLevels = 16;
const replacement = '\ufffd';

/**
 * The value with U+FFFD for each unpaired surrogate, and other names for keys that metadata refuses, so that none takes the place of
 * another: U+FFFD for each unpaired surrogate and U+0000; `~1`, or the next number that is free, behind `__proto__`, a `constructor`
 * that holds `prototype`, and a name that another key has. Returns undefined if it has more than 16 levels, or takes more than `maxBytes`
 * however it is written: the rest of it is not looked at. Nor can metadata hold an `UnreadValue`.
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
    // A value takes a byte at least, and so does each code unit of a text or a key.
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
    const made: Record<string, unknown> = {};
    // A member takes a byte at least.
    if (keys.length > left) left = -1;
    const names = left < 0 ? undefined : newNames(members, keys);
    for (const key of keys) {
      left -= key.length;
      if (left < 0) break;
      const name = names?.get(key);
      made[name === undefined ? key : changed(name)] = mend(members[key], levels + 1);
    }
    return made;
  };
  const value = mend(sent, 0);
  return left < 0 ? undefined : { value, isChanged };
}

/** Whether metadata can't have the key: the rule of the domain's `Metadata`. */
const isRefused = (key: string, member: unknown): boolean =>
  isReserved(key, member) || key.includes('\0') || !key.isWellFormed();

const isReserved = (key: string, member: unknown): boolean =>
  key === '__proto__' || (key === 'constructor' && isMembers(member) && Object.hasOwn(member, 'prototype'));

/**
 * Names for the keys that are refused, none of which a member has or another gets. They are given in the order of the keys' code units, as
 * that of the members is no part of what they say. Many that come to one name cost no more than few.
 */
function newNames(members: Members, keys: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const given = new Set<string>();
  const numbers = new Map<string, number>();
  for (const key of keys.filter((each) => isRefused(each, members[each])).toSorted()) {
    const base = key.toWellFormed().replaceAll('\0', replacement);
    let name = base;
    let number = numbers.get(base) ?? 0;
    while (Object.hasOwn(members, name) || given.has(name)) {
      number += 1;
      name = `${base}~${number}`;
    }
    numbers.set(base, number);
    given.add(name);
    names.set(key, name);
  }
  return names;
}
