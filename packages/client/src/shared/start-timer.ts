/** Starts a timer. Starts none if `ms` is more than 24 days, because `setTimeout` would then fire at once. */
export const startTimer = (run: () => void, ms: number): ReturnType<typeof setTimeout> | undefined =>
  ms >= 2 ** 31 ? undefined : setTimeout(run, ms);
