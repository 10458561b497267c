/** The maximum size of the items of a page, in bytes of JSON: 4 MiB. A page of one item may be larger. */
export const maxPageBytes: number = 4 * 1024 * 1024;

/**
 * Returns how many of the items, from the first one on, make a page: at most `limit`, and as many as fit into `maxPageBytes`, but at least
 * one. `bytesOf` returns the size of an item as JSON in bytes, or an upper bound of it.
 */
export function pageLength<Item>(
  items: readonly Item[],
  limit: number,
  bytesOf: (item: Item) => number,
): number {
  let bytes = 0;
  const beyond = items.findIndex((item, index) => {
    if (index === limit) return true;
    bytes += bytesOf(item);
    return bytes > maxPageBytes && index > 0;
  });
  return beyond === -1 ? items.length : beyond;
}
