import type { Order } from '@user-activity/domain';

type Place<Time extends string> = Readonly<Record<Time, number>> & { readonly id: string };

/**
 * Returns the items that follow a position, sorted by a time and then by id; all items if there is no position. Ids are ASCII, so
 * comparing their UTF-16 code units compares their bytes.
 */
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
