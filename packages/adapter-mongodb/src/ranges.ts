import type { Order, TimeRange, Timestamp } from '@user-activity/domain';

/** The fields of an index in order, with their directions. */
export type IndexKey = Readonly<Record<string, 1 | -1>>;

/** A range of positions in an index that ends with a time and `_id`. */
export interface Range {
  /** The condition that selects the positions. */
  readonly positions: object;
  /** Whether all positions have the same time. They must then be sorted by `_id` alone, or MongoDB does not merge them in order. */
  readonly isOneMoment: boolean;
}

/** An order by a time field, then by `_id`, and a position in this order. */
interface Walk {
  readonly field: string;
  readonly within: TimeRange;
  readonly order: Order;
  readonly after: { readonly moment: Timestamp; readonly id: string } | undefined;
}

export const rangeOf = (field: string, within: TimeRange): Range => ({
  positions: allOf(boundsOf(field, within)),
  isOneMoment: false,
});

/**
 * Returns the positions that follow `after` as consecutive ranges: first those with the same time, then the rest. Returns all positions
 * without `after`. A single condition with `$or` would make MongoDB read more than the page.
 */
export function rangesIn({ field, within, order, after }: Walk): readonly Range[] {
  if (after === undefined) return [rangeOf(field, within)];
  const moment = new Date(after.moment);
  const behind = order === 'asc' ? '$gt' : '$lt';
  const rest = { positions: { [field]: moment, _id: { [behind]: after.id } }, isOneMoment: true };
  return [
    ...(within.holds(after.moment) ? [rest] : []),
    {
      positions: allOf([...boundsOf(field, within), { [field]: { [behind]: moment } }]),
      isOneMoment: false,
    },
  ];
}

export function sortOf(
  { field, order }: Pick<Walk, 'field' | 'order'>,
  range: Range,
): Record<string, 1 | -1> {
  const direction = order === 'asc' ? 1 : -1;
  return range.isOneMoment ? { _id: direction } : { [field]: direction, _id: direction };
}

/** Returns a condition that is true for each of these values. */
export function anyOf<Value extends string>(values: readonly Value[]): Value | { $in: Value[] } {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : { $in: [...values] };
}

const boundsOf = (field: string, { from, to }: TimeRange): readonly object[] => [
  ...(from === undefined ? [] : [{ [field]: { $gte: new Date(from) } }]),
  ...(to === undefined ? [] : [{ [field]: { $lt: new Date(to) } }]),
];

const allOf = (conditions: readonly object[]): object =>
  conditions.length === 0 ? {} : { $and: [...conditions] };
