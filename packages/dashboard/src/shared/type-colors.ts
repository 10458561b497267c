/** The number of types that get a color of their own. All other types share one color. */
export const maxTypes = 8;

/** The numbers of the colors in the order in which types get them: colors that look good together come first. */
const slots = [0, 1, 2, 4, 6, 5, 3, 7] as const;
/** The number of the red color. */
const failureSlot = 7;
const soundsLikeFailure = /FAIL|ERROR|DENIED|REJECT|INVALID/;

/** The number of the color that each type had last. */
export type ColorMemory = Map<string, number>;

const pageMemory: ColorMemory = new Map();

/** The name of the CSS variable for the color that all other types share. */
export const otherColor = '--type-other';

/**
 * Returns the color of each type, as the name of a CSS variable. A type whose name sounds like a failure gets red. Other types keep the color
 * that they had before, if it is still free, and get red last. By default, all views share one memory, so that a type has the same color in
 * each of them.
 */
export function assignColors(
  types: readonly string[],
  memory: ColorMemory = pageMemory,
): ReadonlyMap<string, string> {
  const slotOf = new Map<string, number>();
  const free = new Set<number>(slots);
  const assign = (type: string, slot: number | undefined): void => {
    if (slot === undefined || slotOf.has(type) || !free.delete(slot)) return;
    slotOf.set(type, slot);
    memory.set(type, slot);
  };
  for (const type of types) if (soundsLikeFailure.test(type)) assign(type, failureSlot);
  for (const type of types) assign(type, memory.get(type));
  for (const type of types)
    assign(
      type,
      slots.find((slot) => free.has(slot)),
    );
  // A log may have any number of types, so the memory needs a limit.
  if (memory.size > 1000) memory.clear();
  return new Map([...slotOf].map(([type, slot]) => [type, `--type-${slot}`]));
}
