import type { Activity, ActivityFilter } from '@user-activity/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { keyVersion } from '../api/key.ts';
import { service } from '../api/service.ts';

/** The activities of a user that `useTimeline` has loaded so far, newest first. */
export interface Timeline {
  readonly activities: readonly Activity[];
  readonly isLoading: boolean;
  readonly error: unknown;
  /** `more`: another page can be loaded. `none`: all activities are loaded. `full`: there are more, but the limit is reached. */
  readonly rest: 'more' | 'none' | 'full';
  readonly loadMore: () => void;
}

const pageSize = 100;
/** The limit of the timeline. All of its activities are in the DOM, so more would make the page slow. */
const maxActivities = 1000;

/** Loads the activities of a user page by page. `version` identifies the filter: when it or the API key changes, loading starts again. */
export function useTimeline(filter: ActivityFilter, version: string): Timeline {
  const [activities, setActivities] = useState<readonly Activity[]>([]);
  const [isLoading, setLoading] = useState(true);
  const [error, setError] = useState<unknown>();
  const [cursor, setCursor] = useState<string | undefined>();
  const running = useRef<AbortController>(undefined);
  const load = (after: string | undefined): void => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    setLoading(true);
    setError(undefined);
    service
      .queryPage({ ...filter, limit: pageSize }, { signal, ...(after !== undefined && { cursor: after }) })
      .then(
        ({ data, pagination }) => {
          if (signal.aborted) return;
          setActivities((before) => (after === undefined ? data : [...before, ...data]));
          setCursor(pagination.nextCursor ?? undefined);
          setLoading(false);
        },
        (reason: unknown) => {
          if (signal.aborted) return;
          setError(reason);
          setLoading(false);
        },
      );
  };
  useEffect(() => {
    setActivities([]);
    setCursor(undefined);
    load(undefined);
    return () => running.current?.abort();
  }, [version, keyVersion.value]);
  const isFull = activities.length >= maxActivities;
  return {
    activities,
    isLoading,
    error,
    rest: cursor === undefined ? 'none' : isFull ? 'full' : 'more',
    loadMore: () => load(cursor),
  };
}
