import { useEffect, useRef, useState } from 'preact/hooks';
import { apiKey } from '../api/key.ts';

/** What a view knows of data that it loads again and again. After a failure, `value` is the last one. */
export interface Polled<Value> {
  readonly value: Value | undefined;
  /** When `value` came, in ms since 1970 by the clock here. */
  readonly loadedAt: number | undefined;
  /** Why the latest attempt failed. Undefined: it did not. */
  readonly error: unknown;
  readonly isLoading: boolean;
  /** Loads again, now. */
  readonly reload: () => void;
}

/**
 * Loads data when a component appears, when one of `dependencies` or the key changes, and then every `everyMs` after an answer while the page
 * can be seen. `load` must end when its signal is aborted.
 */
export function usePolled<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  everyMs: number,
  dependencies: readonly unknown[] = [],
): Polled<Value> {
  const [polled, setPolled] = useState<Omit<Polled<Value>, 'reload'>>({
    value: undefined,
    loadedAt: undefined,
    error: undefined,
    isLoading: true,
  });
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = (): void => {
      timer = setTimeout(() => void poll(), everyMs);
    };
    const poll = async (): Promise<void> => {
      // A page in the background asks for nothing. It asks once it can be seen again.
      if (document.hidden) return next();
      setPolled((before) => ({ ...before, isLoading: true }));
      try {
        const value = await latest.current(signal);
        if (!signal.aborted) setPolled({ value, loadedAt: Date.now(), error: undefined, isLoading: false });
      } catch (error) {
        if (!signal.aborted) setPolled((before) => ({ ...before, error, isLoading: false }));
      }
      if (!signal.aborted) next();
    };
    void poll();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [...dependencies, everyMs, attempt, apiKey.value]);
  return { ...polled, reload: () => setAttempt((count) => count + 1) };
}
