import type { Grouping } from './groups.ts';

/** Slots of time. The number of a slot is floor((created_at + offsetMs) / unitMs). */
export interface Slots {
  readonly unitMs: number;
  readonly offsetMs: number;
}

/** Returns a slot long before any row. SQL counts slots from there, because its division rounds negative numbers towards zero. */
const baseOf = (unitMs: number): number => Math.floor(-1e14 / unitMs);

/** SQL expression: the slot of a row, relative to the slot of `baseOf`. */
export const slotExpression = '(created_at - ?) / ?';

export const groupingBySlot = ({ unitMs, offsetMs }: Slots): Grouping => ({
  expression: slotExpression,
  // A bigint is bound as an integer, a number as a float, whose division does not round.
  values: [BigInt(baseOf(unitMs) * unitMs - offsetMs), BigInt(unitMs)],
});

/** Converts a value of `slotExpression` to the number of the slot. */
export const slotOf = (value: number, unitMs: number): number => baseOf(unitMs) + value;

export const slotAt = (time: number, { unitMs, offsetMs }: Slots): number =>
  Math.floor((time + offsetMs) / unitMs);

/** Returns the first millisecond of a slot. */
export const startOf = (slot: number, { unitMs, offsetMs }: Slots): number => slot * unitMs - offsetMs;
