import type { Order, TimeRange, Timestamp } from '@user-activity/domain';

/** The fields of an index in order, with their directions. */
export type IndexKey = Readonly<Record<string, 1 | -1>>;

/** A range of an index whose last fields are a time and `_id`. A position is a pair of both. */
export interface Range {
  /** The condition that selects the positions. */
  readonly positions: object;
  /** Whether all positions have the same time. If so, sort by `_id` alone: otherwise MongoDB does not merge ranges in order. */
  readonly hasSingleTime: boolean;
}

/** Selects the ranges for a walk in the order of a time field, then of `_id`. The walk continues after a position, or begins without one. */
interface RangeQuery {
  readonly field: string;
  readonly within: TimeRange;
  readonly order: Order;
  readonly after: { readonly time: Timestamp; readonly id: string } | undefined;
}

/** Returns the range of all positions within a time range. */
export const wholeRange = (field: string, within: TimeRange): Range => ({
  positions: allOf(boundsOf(field, within)),
  hasSingleTime: false,
});

/**
 * Returns the positions after `after` as one or two consecutive ranges: first the positions with the same time, then all others. If
 * `after` is undefined, returns one range of all positions. With a single condition with `$or`, MongoDB would read more than the page.
 */
export function rangesAfter({ field, within, order, after }: RangeQuery): readonly Range[] {
  if (after === undefined) return [wholeRange(field, within)];
  const time = new Date(after.time);
  const behind = order === 'asc' ? '$gt' : '$lt';
  const rest = { positions: { [field]: time, _id: { [behind]: after.id } }, hasSingleTime: true };
  return [
    ...(within.holds(after.time) ? [rest] : []),
    {
      positions: allOf([...boundsOf(field, within), { [field]: { [behind]: time } }]),
      hasSingleTime: false,
    },
  ];
}

/** Returns the sort order for the documents of a range. */
export function sortFor(
  { field, order }: Pick<RangeQuery, 'field' | 'order'>,
  range: Range,
): Record<string, 1 | -1> {
  const direction = order === 'asc' ? 1 : -1;
  return range.hasSingleTime ? { _id: direction } : { [field]: direction, _id: direction };
}

/** Returns a condition that these values meet, and no others. */
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
