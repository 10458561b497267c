/** The maximum of bytes that the items of a page take as JSON: 4 MiB. A single one may take more. */
export const maxPageBytes: number = 4 * 1024 * 1024;

/**
 * How many of the items make a page: at most `limit`, as many as fit in `maxPageBytes`, and one at least. The sizes are
 * estimates in bytes, never below what the item takes as JSON.
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
