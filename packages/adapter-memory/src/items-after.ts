import type { Order } from '@user-activity/domain';

type Place<Time extends string> = Readonly<Record<Time, number>> & { readonly id: string };

/** Sorts items by a time and by id, which is ASCII. Returns those that follow the position, or all without a position. */
export function itemsAfter<Time extends string, Item extends Place<Time>>(
  items: readonly Item[],
  time: Time,
  order: Order,
  position?: Place<Time>,
): readonly Item[] {
  const sign = order === 'asc' ? 1 : -1;
  const compare = (left: Place<Time>, right: Place<Time>): number =>
    sign * (left[time] - right[time] || Number(left.id > right.id) - Number(left.id < right.id));
  const sorted = items.toSorted(compare);
  return position === undefined ? sorted : sorted.filter((item) => compare(item, position) > 0);
}
