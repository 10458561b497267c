/** Chooses an item: returns the item at the index `choice` modulo the number of items. */
export function choose<Item>(items: readonly Item[], choice: number): Item {
  const item = items[choice % items.length];
  if (item === undefined) throw new Error('The list of items to choose from is empty.');
  return item;
}
