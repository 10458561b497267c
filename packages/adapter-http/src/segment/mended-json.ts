import { isMembers, type Members } from '../members.ts';

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
 * that holds `prototype`, and a name that another key has. Returns undefined if it has more than 16 levels. Size is not looked at.
 */
export function mendedJson(sent: unknown): MendedJson | undefined {
  let isChanged = false;
  let isTooDeep = false;
  const changed = <Value>(value: Value): Value => {
    isChanged = true;
    return value;
  };
  const mend = (value: unknown, levels: number): unknown => {
    if (typeof value === 'string') return value.isWellFormed() ? value : changed(value.toWellFormed());
    if (typeof value !== 'object' || value === null) return value;
    if (levels === maxLevels) isTooDeep = true;
    if (isTooDeep) return null;
    if (Array.isArray(value)) return Array.from(value, (item) => mend(item, levels + 1));
    if (!isMembers(value)) return value;
    const rename = renaming(value);
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        isRefused(key, member) ? changed(rename(key)) : key,
        mend(member, levels + 1),
      ]),
    );
  };
  const value = mend(sent, 0);
  return isTooDeep ? undefined : { value, isChanged };
}

/** Whether metadata can't have the key: the rule of the domain's `Metadata`. */
const isRefused = (key: string, member: unknown): boolean =>
  isReserved(key, member) || key.includes('\0') || !key.isWellFormed();

const isReserved = (key: string, member: unknown): boolean =>
  key === '__proto__' || (key === 'constructor' && isMembers(member) && Object.hasOwn(member, 'prototype'));

/** Gives each key that is refused a name that no member has, and none gets twice. Many that come to one name cost no more than few. */
function renaming(members: Members): (key: string) => string {
  const given = new Set<string>();
  const numbers = new Map<string, number>();
  return (key) => {
    const base = key.toWellFormed().replaceAll('\0', replacement);
    let name = base;
    let number = numbers.get(base) ?? 0;
    while (Object.hasOwn(members, name) || given.has(name)) {
      number += 1;
      name = `${base}~${number}`;
    }
    numbers.set(base, number);
    given.add(name);
    return name;
  };
}
