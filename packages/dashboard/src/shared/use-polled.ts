import { ProblemError } from '@user-activity/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { keyVersion } from '../api/key.ts';

/**
 * Data that a view loads repeatedly. After a failed attempt, `value` is still the previous value. If the service answered 401 or 403, `value`
 * is undefined, because the key is not allowed to read the data any more.
 */
export interface Polled<Value> {
  readonly value: Value | undefined;
  /** When `value` was loaded, in ms since 1970, by the browser's clock. */
  readonly loadedAt: number | undefined;
  /** The error of the latest attempt. Undefined if it succeeded. */
  readonly error: unknown;
  /** Loads the data again without delay. */
  readonly reload: () => void;
}

interface PollOptions<Value> {
  /** The pause after each answer, in ms. It is longer if the service asks for a longer one. */
  readonly everyMs: number;
  /** Returns true if the value will not change any more, so that polling ends. Default: polling never ends. */
  readonly isLast?: (value: Value) => boolean;
}

type State<Value> = Omit<Polled<Value>, 'reload'> & { readonly version: number };

/**
 * Loads data when a component appears, again when a key is entered, and then every `everyMs` while the page is visible. `load` must end when
 * its signal is aborted.
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
      // A page in the background does not poll. It continues once it is visible again.
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
        next(Math.max(everyMs, retryAfterMs(error)));
      }
    };
    void poll();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [everyMs, attempt, version]);
  // Data of an earlier key must not be shown, not even until the first answer for the new key.
  const { value, loadedAt, error } = state.version === version ? state : empty;
  return { value, loadedAt, error, reload: () => setAttempt((count) => count + 1) };
}

const isForbidden = (error: unknown): boolean =>
  error instanceof ProblemError && (error.status === 401 || error.status === 403);

const retryAfterMs = (error: unknown): number =>
  error instanceof ProblemError ? (error.retryAfter ?? 0) * 1000 : 0;
