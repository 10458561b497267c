import { useEffect, useState } from 'preact/hooks';
import { apiKey } from '../api/key.ts';

/** What a view knows of data that it loads. While new data loads, `value` is the old one. */
export interface Resource<Value> {
  readonly value: Value | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  /** Loads again. */
  readonly reload: () => void;
}

interface Loaded<Value> {
  readonly value: Value | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
}

/**
 * Loads data when a component appears, and again when one of `dependencies` or the key changes. `load` must end when its signal is
 * aborted: nobody waits for it any more.
 */
export function useResource<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  dependencies: readonly unknown[],
): Resource<Value> {
  const [loaded, setLoaded] = useState<Loaded<Value>>({
    value: undefined,
    error: undefined,
    isLoading: true,
  });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setLoaded(({ value }) => ({ value, error: undefined, isLoading: true }));
    load(signal).then(
      (value) => {
        if (!signal.aborted) setLoaded({ value, error: undefined, isLoading: false });
      },
      (error: unknown) => {
        if (!signal.aborted) setLoaded({ value: undefined, error, isLoading: false });
      },
    );
    return () => controller.abort();
  }, [...dependencies, attempt, apiKey.value]);
  return { ...loaded, reload: () => setAttempt((count) => count + 1) };
}
