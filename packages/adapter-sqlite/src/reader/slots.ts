import type { SQLOutputValue } from 'node:sqlite';
import type { Grouping } from './groups.ts';

/** Slots of time, numbered floor((created_at + offsetMs) / unitMs). */
export interface Slots {
  readonly unitMs: number;
  readonly offsetMs: number;
}

/** Returns the slot that others are counted from in SQL, far before any row: division there rounds towards zero. */
const baseOf = (unitMs: number): number => Math.floor(-1e14 / unitMs);

/** SQL expression: the slot of a row, less that of the base. */
export const slotExpression = '(created_at - ?) / ?';

export const groupingBySlot = ({ unitMs, offsetMs }: Slots): Grouping => ({
  expression: slotExpression,
  // SQLite's integers are JavaScript's big ones.
  values: [BigInt(baseOf(unitMs) * unitMs - offsetMs), BigInt(unitMs)],
});

/** Returns the slot for a value of `slotExpression`. */
export const slotOf = (value: SQLOutputValue | undefined, { unitMs }: Pick<Slots, 'unitMs'>): number =>
  baseOf(unitMs) + Number(value);

/** Returns the slot that a moment is in. */
export const slotAt = (moment: number, { unitMs, offsetMs }: Slots): number =>
  Math.floor((moment + offsetMs) / unitMs);

/** Returns the first moment of a slot. */
export const beginOf = (slot: number, { unitMs, offsetMs }: Slots): number => slot * unitMs - offsetMs;
