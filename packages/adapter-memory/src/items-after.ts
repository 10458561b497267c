import type { Order } from '@user-activity/domain';

type Position<Time extends string> = Readonly<Record<Time, number>> & { readonly id: string };

/** Sorts items by the field that `time` names, then by id, which is ASCII. Returns those after `position`, or all without a position. */
export function itemsAfter<Time extends string, Item extends Position<Time>>(
  items: readonly Item[],
  time: Time,
  order: Order,
  position?: Position<Time>,
): readonly Item[] {
  const sign = order === 'asc' ? 1 : -1;
  const compare = (left: Position<Time>, right: Position<Time>): number =>
    sign * (left[time] - right[time] || Number(left.id > right.id) - Number(left.id < right.id));
  const sorted = items.toSorted(compare);
  return position === undefined ? sorted : sorted.filter((item) => compare(item, position) > 0);
}
