import { useEffect, useRef, useState } from 'preact/hooks';
import { apiKey } from '../api/key.ts';

/** What a view knows of data that it loads again and again. After a failure, `value` is the last one. */
export interface Polled<Value> {
  readonly value: Value | undefined;
  /** When `value` came, in ms since 1970 by the clock here. */
  readonly loadedAt: number | undefined;
  /** Why the latest attempt failed. Undefined: it did not. */
  readonly error: unknown;
  /** Loads again, now. */
  readonly reload: () => void;
}

interface PollOptions<Value> {
  /** The pause after each answer, in ms. */
  readonly everyMs: number;
  /** Loads again at once if one of them changes. */
  readonly dependencies?: readonly unknown[];
  /** Returns whether a value is the last one. */
  readonly isLast?: (value: Value) => boolean;
}

/**
 * Loads data when a component appears, when the key changes, and then again and again while the page can be seen. `load` must end when its
 * signal is aborted.
 */
export function usePolled<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  { everyMs, dependencies = [], isLast = () => false }: PollOptions<Value>,
): Polled<Value> {
  const [polled, setPolled] = useState<Omit<Polled<Value>, 'reload'>>({
    value: undefined,
    loadedAt: undefined,
    error: undefined,
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
      try {
        const value = await latest.current(signal);
        if (signal.aborted) return;
        setPolled({ value, loadedAt: Date.now(), error: undefined });
        if (isLast(value)) return;
      } catch (error) {
        if (!signal.aborted) setPolled((before) => ({ ...before, error }));
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
