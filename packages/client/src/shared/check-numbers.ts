/** Throws TypeError unless each option is a whole number of at least `min`, or Infinity. The keys are the names of the options. */
export function checkNumbers(min: number, options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options))
    if (!(value >= min && Math.floor(value) === value))
      throw new TypeError(`${name} must be a whole number of at least ${min}.`);
}
