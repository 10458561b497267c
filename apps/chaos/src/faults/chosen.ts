/** The one that a number chooses. */
export function chosen<One>(of: readonly One[], choice: number): One {
  const one = of[choice % of.length];
  if (one === undefined) throw new Error('There is nothing to choose from.');
  return one;
}
