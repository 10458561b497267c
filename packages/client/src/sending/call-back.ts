/** Runs a callback of the user. A bug in it must not stop the queue, and must not be hidden: it becomes an uncaught error. */
export function callBack(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
