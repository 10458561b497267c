/** So many types have a color each. All others share one. */
export const maxTypes = 8;

/** The slots of the colors, so that the most frequent types get colors that go well together. */
const slots = [0, 1, 2, 4, 6, 5, 3, 7] as const;
/** The slot of the red. */
const failureSlot = 7;
const soundsLikeFailure = /FAIL|ERROR|DENIED|REJECT|INVALID/;

/** The colors that types have had since the page was loaded. */
export type ColorMemory = Map<string, number>;

const pageMemory: ColorMemory = new Map();

/** The color of the types that have none of their own. */
export const otherColor = '--type-other';

/**
 * Gives each type a color of its own, as the name of a CSS variable. A type keeps the color that it had, if it can. Red is for types that sound
 * like failures, as long as there are other colors. All views have one memory, so that a type looks the same in each.
 */
export function colorsOf(
  types: readonly string[],
  memory: ColorMemory = pageMemory,
): ReadonlyMap<string, string> {
  const slotOf = new Map<string, number>();
  const free = new Set<number>(slots);
  const give = (type: string, slot: number | undefined): void => {
    if (slot === undefined || slotOf.has(type) || !free.delete(slot)) return;
    slotOf.set(type, slot);
    memory.set(type, slot);
  };
  for (const type of types) if (soundsLikeFailure.test(type)) give(type, failureSlot);
  for (const type of types) give(type, memory.get(type));
  for (const type of types)
    give(
      type,
      slots.find((slot) => free.has(slot)),
    );
  // A log may have any number of types.
  if (memory.size > 1000) memory.clear();
  return new Map([...slotOf].map(([type, slot]) => [type, `--type-${slot}`]));
}
