import type { Order, TimeRange, Timestamp } from '@user-activity/domain';

/** The fields of an index, in their order and each with its direction. */
export type IndexKey = Readonly<Record<string, 1 | -1>>;

/** Positions that lie together in every index. */
export interface Range {
  readonly positions: object;
  /** Whether they share their time: MongoDB merges those in their order only where it is asked to go by `_id` alone. */
  readonly oneMoment: boolean;
}

/** A walk by a field of time, then `_id`. */
export interface Walk {
  readonly field: string;
  readonly within: TimeRange;
  readonly order: Order;
  readonly after: { readonly moment: Timestamp; readonly id: string } | undefined;
}

/** All positions within a time. */
export const rangeOf = (field: string, within: TimeRange): Range => ({
  positions: allOf(boundsOf(field, within)),
  oneMoment: false,
});

/**
 * The positions behind `after`, as ranges that follow each other: the rest of its moment, then the moments behind it.
 * A single condition with `$or` would have MongoDB read more than the page.
 */
export function rangesIn({ field, within, order, after }: Walk): readonly Range[] {
  if (after === undefined) return [rangeOf(field, within)];
  const moment = new Date(after.moment);
  const behind = order === 'asc' ? '$gt' : '$lt';
  const rest = { positions: { [field]: moment, _id: { [behind]: after.id } }, oneMoment: true };
  return [
    ...(within.holds(after.moment) ? [rest] : []),
    { positions: allOf([...boundsOf(field, within), { [field]: { [behind]: moment } }]), oneMoment: false },
  ];
}

/** How the positions of a range are sorted. */
export function sortOf(
  { field, order }: Pick<Walk, 'field' | 'order'>,
  range: Range,
): Record<string, 1 | -1> {
  const direction = order === 'asc' ? 1 : -1;
  return range.oneMoment ? { _id: direction } : { [field]: direction, _id: direction };
}

/** One of these values. */
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
