/**
 * Returns a function that shares runs among concurrent calls with the same key. A call during a run waits for its end, and shares the next run
 * with all calls that wait. So no call gets a result that is older than the call. Each call settles as its run does.
 */
export function shareRuns<Key extends string, Value>(
  run: (key: Key) => Promise<Value>,
): (key: Key) => Promise<Value> {
  const running = new Map<Key, Promise<Value>>();
  const waiting = new Map<Key, Promise<Value>>();
  const start = (key: Key): Promise<Value> => {
    waiting.delete(key);
    const started = run(key);
    running.set(key, started);
    const end = (): void => {
      if (running.get(key) === started) running.delete(key);
    };
    started.then(end, end);
    return started;
  };
  return (key) => {
    const current = running.get(key);
    if (current === undefined) return start(key);
    const startNext = (): Promise<Value> => start(key);
    const next = waiting.get(key) ?? current.then(startNext, startNext);
    waiting.set(key, next);
    return next;
  };
}
