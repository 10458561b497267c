/**
 * Runs a callback of the application. If it throws, the error is thrown again outside the caller, as an uncaught error: the bug is visible,
 * and sending goes on.
 */
export function runCallback(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
