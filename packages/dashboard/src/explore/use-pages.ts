import type { Activity, ActivityQuery } from '@user-activity/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { keyVersion } from '../api/key.ts';
import { service } from '../api/service.ts';

/** Activities that were loaded page by page. */
export interface Pages {
  readonly rows: readonly Activity[];
  /** The version of the query that found the rows. */
  readonly version: string;
  readonly isLoading: boolean;
  readonly error: unknown;
  /** `more`: there are more. `end`: these are all. `full`: there are more, but the page holds no more. */
  readonly rest: 'more' | 'end' | 'full';
  /** Loads the next page, if there is one and none loads already. */
  readonly loadMore: () => void;
}

const pageSize = 100;
/** So many activities, or characters of metadata, are loaded. More would make a tab slow. */
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

/** Loads the pages of a query. Begins anew when `version` or the key changes, and shows the old rows until the new ones are here. */
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
