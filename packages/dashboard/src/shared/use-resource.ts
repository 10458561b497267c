import { useEffect, useState } from 'preact/hooks';
import { keyVersion } from '../api/key.ts';

/** Data that a view loads. While new data loads, `value` is still the old value. */
export interface Resource<Value> {
  readonly value: Value | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  /** Loads the data again. */
  readonly reload: () => void;
}

interface State<Value> extends Omit<Resource<Value>, 'reload'> {
  /** The value of `keyVersion` when the data was loaded. */
  readonly version: number;
}

/**
 * Loads data when a component appears, and again when one of `dependencies` changes or a key is entered. `load` must end when its signal is
 * aborted, because its result is then not needed.
 */
export function useResource<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  dependencies: readonly unknown[],
): Resource<Value> {
  const version = keyVersion.value;
  const empty: State<Value> = { value: undefined, error: undefined, isLoading: true, version };
  const [state, setState] = useState(empty);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setState((before) => ({ ...empty, value: before.version === version ? before.value : undefined }));
    load(signal).then(
      (value) => {
        if (!signal.aborted) setState({ ...empty, value, isLoading: false });
      },
      (error: unknown) => {
        if (!signal.aborted) setState({ ...empty, error, isLoading: false });
      },
    );
    return () => controller.abort();
  }, [...dependencies, attempt, version]);
  // Data of an earlier key must not be shown, not even until the first answer for the new key.
  const { value, error, isLoading } = state.version === version ? state : empty;
  return { value, error, isLoading, reload: () => setAttempt((count) => count + 1) };
}
