import type { Order, TimeRange, Timestamp } from '@user-activity/domain';

/** The fields of an index, in order, each with its direction. */
export type IndexKey = Readonly<Record<string, 1 | -1>>;

/** Positions that are next to each other in every index. */
export interface Range {
  /** The condition that selects them. */
  readonly positions: object;
  /** Whether all have the same time. MongoDB merges these in order only if they are sorted by `_id` alone. */
  readonly isOneMoment: boolean;
}

/** A walk by a time field, then by `_id`. */
export interface Walk {
  readonly field: string;
  readonly within: TimeRange;
  readonly order: Order;
  readonly after: { readonly moment: Timestamp; readonly id: string } | undefined;
}

/** Returns all positions within a time range. */
export const rangeOf = (field: string, within: TimeRange): Range => ({
  positions: allOf(boundsOf(field, within)),
  isOneMoment: false,
});

/**
 * Returns the positions behind `after` as consecutive ranges: the rest of its moment, then later moments in the order of the walk.
 * With a single condition that uses `$or`, MongoDB would read more than the page.
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

/** Returns how to sort the positions of a range. */
export function sortOf(
  { field, order }: Pick<Walk, 'field' | 'order'>,
  range: Range,
): Record<string, 1 | -1> {
  const direction = order === 'asc' ? 1 : -1;
  return range.isOneMoment ? { _id: direction } : { [field]: direction, _id: direction };
}

/** Returns a condition that any of these values meets. */
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
