import type { Grouping } from './groups.ts';

/** Slots of time of equal length. The number of the slot of a row is floor((created_at + offsetMs) / unitMs). */
export interface Slots {
  readonly unitMs: number;
  readonly offsetMs: number;
}

/** Returns the number of a slot long before any row. SQL counts slots from there, as its division rounds negative numbers towards zero. */
const baseSlot = (unitMs: number): number => Math.floor(-1e14 / unitMs);

/** SQL expression: the slot of a row, relative to the slot of `baseSlot`. */
export const slotExpression = '(created_at - ?) / ?';

export const groupingBySlot = ({ unitMs, offsetMs }: Slots): Grouping => ({
  expression: slotExpression,
  // node:sqlite binds a bigint as an integer, and a number as a float. A division of floats would not round.
  values: [BigInt(baseSlot(unitMs) * unitMs - offsetMs), BigInt(unitMs)],
});

/** Converts a value of `slotExpression` to the number of the slot. */
export const slotFromSql = (value: number, unitMs: number): number => baseSlot(unitMs) + value;

/** Returns the number of the slot at a time. */
export const slotAt = (time: number, { unitMs, offsetMs }: Slots): number =>
  Math.floor((time + offsetMs) / unitMs);

/** Returns the first millisecond of a slot. */
export const startOfSlot = (slot: number, { unitMs, offsetMs }: Slots): number => slot * unitMs - offsetMs;
