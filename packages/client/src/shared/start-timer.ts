/** Starts a timer, or none if it would end in more than 24 days: no timer can be so long. */
export const startTimer = (run: () => void, ms: number): ReturnType<typeof setTimeout> | undefined =>
  ms >= 2 ** 31 ? undefined : setTimeout(run, ms);
