/** Work in steps of a few milliseconds, as nothing can interrupt SQLite; what it returns is its result. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Milliseconds on a clock that never jumps and that all threads of the process share. */
export const sharedNow = (): number => performance.timeOrigin + performance.now();

/** Does all steps, or gives up between two of them when it is later than `until`, a moment of `sharedNow`. */
export function finished<Result>(steps: Steps<Result>, until: number): Result | 'late' {
  for (;;) {
    if (sharedNow() > until) return 'late';
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
