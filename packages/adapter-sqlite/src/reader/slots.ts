import type { SQLOutputValue } from 'node:sqlite';
import type { Grouping } from './groups.ts';

/** Slots of time, numbered floor((created_at + offsetMs) / unitMs). */
export interface Slots {
  readonly unitMs: number;
  readonly offsetMs: number;
}

/** What slots are counted from: far before any row, as SQLite's division cuts off where it should round down. */
const baseOf = (unitMs: number): number => Math.floor(-1e14 / unitMs);

/** The slot of a row, less that of the base. */
export const slotExpression = '(created_at - ?) / ?';

export const groupingBySlot = ({ unitMs, offsetMs }: Slots): Grouping => ({
  expression: slotExpression,
  // SQLite's integers are JavaScript's big ones.
  values: [BigInt(baseOf(unitMs) * unitMs - offsetMs), BigInt(unitMs)],
});

/** The slot that the expression tells. */
export const slotOf = (told: SQLOutputValue | undefined, { unitMs }: Slots): number =>
  baseOf(unitMs) + Number(told);

/** The slot of a moment. */
export const slotAt = (moment: number, { unitMs, offsetMs }: Slots): number =>
  Math.floor((moment + offsetMs) / unitMs);

/** The moment at which a slot begins. */
export const beginOf = (slot: number, { unitMs, offsetMs }: Slots): number => slot * unitMs - offsetMs;
