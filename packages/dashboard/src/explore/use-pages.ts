import type { Activity, ActivityQuery } from '@user-activity/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { keyVersion } from '../api/key.ts';
import { service } from '../api/service.ts';

/** The activities that `usePages` has loaded so far. */
export interface Pages {
  readonly rows: readonly Activity[];
  /** The version of the query that found the rows. */
  readonly version: string;
  readonly isLoading: boolean;
  readonly error: unknown;
  /** `more`: another page can be loaded. `end`: all activities are loaded. `full`: there are more, but the limit is reached. */
  readonly rest: 'more' | 'end' | 'full';
  /** Loads the next page. Does nothing while a page is loading, or if `rest` is not `more`. */
  readonly loadMore: () => void;
}

const pageSize = 100;
/** Loading stops at this number of activities, or at this number of characters of JSON. More would make the tab slow. */
const maxRows = 10_000;
const maxCharacters = 50_000_000;

interface LoadedPages {
  readonly rows: readonly Activity[];
  readonly version: string;
  readonly characters: number;
  readonly cursor: string | null | undefined;
  readonly isLoading: boolean;
  readonly error: unknown;
}

const noPages: LoadedPages = {
  rows: [],
  version: '',
  characters: 0,
  cursor: undefined,
  isLoading: true,
  error: undefined,
};

/**
 * Loads the activities of a query page by page. Starts again when `version` or the API key changes, and keeps the old rows until the new
 * ones have arrived.
 */
export function usePages(query: ActivityQuery, version: string): Pages {
  const [loaded, setLoaded] = useState<LoadedPages>(noPages);
  const controller = useRef(new AbortController());
  const load = (signal: AbortSignal, before: LoadedPages): void => {
    const options = { signal, ...(typeof before.cursor === 'string' && { cursor: before.cursor }) };
    service.queryPage({ ...query, limit: pageSize }, options).then(
      ({ data, pagination }) => {
        if (signal.aborted) return;
        setLoaded({
          rows: [...before.rows, ...data],
          version,
          characters: before.characters + JSON.stringify(data).length,
          cursor: pagination.nextCursor,
          isLoading: false,
          error: undefined,
        });
      },
      (error: unknown) => {
        if (!signal.aborted) setLoaded({ ...before, isLoading: false, error });
      },
    );
  };
  useEffect(() => {
    controller.current = new AbortController();
    setLoaded((old) => ({ ...old, isLoading: true, error: undefined }));
    load(controller.current.signal, noPages);
    return () => controller.current.abort();
  }, [version, keyVersion.value]);
  const isFull = loaded.rows.length >= maxRows || loaded.characters >= maxCharacters;
  const rest = loaded.cursor === null ? 'end' : isFull ? 'full' : 'more';
  const loadMore = (): void => {
    if (loaded.isLoading || rest !== 'more' || loaded.rows.length === 0) return;
    const before = { ...loaded, isLoading: true, error: undefined };
    setLoaded(before);
    load(controller.current.signal, before);
  };
  return {
    rows: loaded.rows,
    version: loaded.version,
    isLoading: loaded.isLoading,
    error: loaded.error,
    rest,
    loadMore,
  };
}
