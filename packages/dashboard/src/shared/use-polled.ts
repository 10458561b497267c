import { ProblemError } from '@user-activity/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { keyVersion } from '../api/key.ts';

/**
 * What a view knows of data that it loads again and again. After a failure, `value` is the one before, unless the service refuses it to the
 * key: then there is none.
 */
export interface Polled<Value> {
  readonly value: Value | undefined;
  /** When `value` was loaded, in ms since 1970 by the clock here. */
  readonly loadedAt: number | undefined;
  /** Why the latest attempt failed. Undefined: it did not. */
  readonly error: unknown;
  /** Loads again, now. */
  readonly reload: () => void;
}

interface PollOptions<Value> {
  /** The pause after each answer, in ms. It is longer if the service asks for that. */
  readonly everyMs: number;
  /** Returns whether a value is the last one. */
  readonly isLast?: (value: Value) => boolean;
}

type State<Value> = Omit<Polled<Value>, 'reload'> & { readonly version: number };

/**
 * Loads data when a component appears, when a key is entered, and then again and again while the page can be seen. `load` must end when its
 * signal is aborted.
 */
export function usePolled<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  { everyMs, isLast = () => false }: PollOptions<Value>,
): Polled<Value> {
  const version = keyVersion.value;
  const empty: State<Value> = { value: undefined, loadedAt: undefined, error: undefined, version };
  const [state, setState] = useState(empty);
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = (pauseMs: number): void => {
      timer = setTimeout(() => void poll(), pauseMs);
    };
    const poll = async (): Promise<void> => {
      // A page in the background asks for nothing. It asks once it can be seen again.
      if (document.hidden) return next(everyMs);
      try {
        const value = await latest.current(signal);
        if (signal.aborted) return;
        setState({ value, loadedAt: Date.now(), error: undefined, version });
        if (!isLast(value)) next(everyMs);
      } catch (error) {
        if (signal.aborted) return;
        setState((before) => ({
          ...(before.version === version && !isForbidden(error) ? before : empty),
          error,
        }));
        next(Math.max(everyMs, pauseAfter(error)));
      }
    };
    void poll();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [everyMs, attempt, version]);
  // What another key was allowed to read is not shown, not even until the first answer.
  const { value, loadedAt, error } = state.version === version ? state : empty;
  return { value, loadedAt, error, reload: () => setAttempt((count) => count + 1) };
}

const isForbidden = (error: unknown): boolean =>
  error instanceof ProblemError && (error.status === 401 || error.status === 403);

const pauseAfter = (error: unknown): number =>
  error instanceof ProblemError ? (error.retryAfter ?? 0) * 1000 : 0;
