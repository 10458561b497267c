import { useMemo, useState } from 'preact/hooks';
import { clockOffsetMs, service, serviceNow } from '../api/service.ts';
import { FirstRun } from '../first-run/first-run.tsx';
import { Icon } from '../shared/icon.tsx';
import { useShortcuts } from '../shared/shortcuts.ts';
import { Failed, Loading } from '../shared/states.tsx';
import { formatCount } from '../shared/time-format.ts';
import { otherColor } from '../shared/type-colors.ts';
import { type Resource, useResource } from '../shared/use-resource.ts';
import { goTo, place } from '../shell/place.ts';
import { ActivityDrawer } from './activity-drawer.tsx';
import { ActivityTable } from './activity-table.tsx';
import {
  conditionFault,
  exploreParameters,
  type ExploreState,
  filterOf,
  parseExplore,
} from './explore-state.ts';
import { ExportMenu } from './export-menu.tsx';
import { FilterBar } from './filter-bar.tsx';
import { Histogram } from './histogram.tsx';
import { type Counts, loadCounts } from './load-counts.ts';
import { NoMatches } from './no-matches.tsx';
import { resolveRange } from './time-range.ts';
import { type Pages, usePages } from './use-pages.ts';
import './explore.css';

/** The view that finds activities: filters, a chart over time, a table, and the details of one activity. */
export function Explore() {
  const [loads, setLoads] = useState(0);
  const state = parseExplore(place.value.parameters);
  const change = (changes: Partial<ExploreState>, options = {}): void =>
    goTo('explore', exploreParameters({ ...state, ...changes }), options);
  const reload = (): void => setLoads(loads + 1);
  // Identifies the query, so it does not contain the open activity. It contains the clock offset, because ranges end at the time of the
  // service, which is known only after its first answer.
  const version = `${loads} ${clockOffsetMs.value} ${String(exploreParameters({ ...state, open: undefined }))}`;
  const range = useMemo(() => resolveRange(state.from, state.to, serviceNow()), [version]);
  const filter = filterOf(state, range);
  const pages = usePages({ ...filter, order: state.order }, version);
  const counts = useResource((signal) => loadCounts(filter, range, signal), [version]);
  const isEmpty = pages.rows.length === 0 && !pages.isLoading && pages.error === undefined;
  const newest = useResource(async (signal) => (isEmpty ? loadNewest(signal) : undefined), [isEmpty, loads]);
  const colors = useMemo(() => makeColorMap(counts.value), [counts.value]);
  const open = (id: string | undefined): void => {
    // Opening the first activity adds a step to the browser history. Moving to another one replaces that step.
    change({ open: id }, { replace: state.open !== undefined && id !== undefined });
    // The drawer, which is closed now, had the focus. Give it to the table.
    if (id === undefined) document.querySelector<HTMLElement>('[role=grid]')?.focus();
  };
  useShortcuts({
    '/': () => document.querySelector<HTMLElement>('#filter-user')?.focus(),
    t: () => document.querySelector<HTMLElement>('#filter-type')?.focus(),
    r: reload,
    Escape: () => open(undefined),
  });
  if (isEmpty && newest.value?.time === '') return <FirstRun onArrival={reload} />;
  return (
    <>
      <h1 class="visually-hidden">Explore</h1>
      <div class="tool-bar">
        <FilterBar state={state} onChange={change} />
        <div class="tool-bar-end">
          <button type="button" class="icon-button" aria-label="Reload" title="Reload (r)" onClick={reload}>
            <Icon name="refresh" />
          </button>
          <ExportMenu filter={filter} order={state.order} />
        </div>
      </div>
      <Histogram
        counts={counts.value}
        isLoading={counts.isLoading}
        error={counts.error}
        retry={counts.reload}
        types={state.types}
        onSelect={(from, to) => change({ from: isoTime(from), to: isoTime(to) })}
        onToggleType={(type) =>
          change({
            types: state.types.includes(type)
              ? state.types.filter((one) => one !== type)
              : [...state.types, type],
          })
        }
      />
      <div class="explore-body">
        <Results
          pages={pages}
          newest={newest}
          isStale={pages.version !== version}
          state={state}
          change={change}
          open={open}
          reload={reload}
          total={counts.value?.stacks.total}
          colorOf={(type) => `var(${colors.get(type) ?? otherColor})`}
        />
        {state.open !== undefined && (
          <ActivityDrawer
            id={state.open}
            known={pages.rows.find(({ id }) => id === state.open)}
            onClose={() => open(undefined)}
            onFilter={(name, value) => change(name === 'user' ? { users: [value] } : { types: [value] })}
            onFilterMetadata={(path, value) => {
              const fault = conditionFault(state.metadata, { path, value });
              if (fault === undefined) change({ metadata: [...state.metadata, { path, value }] });
              return fault;
            }}
          />
        )}
      </div>
    </>
  );
}

interface ResultsProps {
  readonly pages: Pages;
  /** The time of the newest activity in the log. Loaded only if no activity matches the filter. */
  readonly newest: Resource<{ readonly time: string } | undefined>;
  /** Whether the rows are from an earlier query. */
  readonly isStale: boolean;
  readonly state: ExploreState;
  readonly change: (changes: Partial<ExploreState>) => void;
  readonly open: (id: string) => void;
  readonly reload: () => void;
  /** The number of activities that match. Undefined until it is loaded. */
  readonly total: number | undefined;
  readonly colorOf: (type: string) => string;
}

/** The table, or a message if there are no rows. */
function Results({ pages, newest, isStale, state, change, open, reload, total, colorOf }: ResultsProps) {
  const { rows, isLoading, error, rest } = pages;
  if (rows.length === 0) {
    const fault = error ?? newest.error;
    if (fault !== undefined) return <Failed error={fault} retry={reload} />;
    if (isLoading || newest.value === undefined) return <Loading />;
    return <NoMatches state={state} newest={newest.value.time} onChange={change} />;
  }
  // The next range begins at the millisecond of the last row. It may show some activities again, but it misses none.
  const last = Date.parse(rows.at(-1)?.createdAt ?? '');
  return (
    <div class={`found ${isStale ? 'stale' : ''}`} aria-busy={isLoading}>
      <ActivityTable
        rows={rows}
        version={pages.version}
        openId={state.open}
        onOpen={open}
        onEnd={pages.loadMore}
        order={state.order}
        onOrder={(order) => change({ order })}
        colorOf={colorOf}
      />
      <div class="found-end" role="status">
        {error !== undefined && (
          <>
            The next activities could not be loaded.
            <button type="button" class="button" onClick={pages.loadMore}>
              Try again
            </button>
          </>
        )}
        {error === undefined && rest === 'full' && (
          <>
            This page cannot show more than these {formatCount(rows.length)} activities at a time.
            <button
              type="button"
              class="button"
              onClick={() =>
                change(state.order === 'desc' ? { to: isoTime(last + 1) } : { from: isoTime(last) })
              }
            >
              Continue after the last activity
            </button>
          </>
        )}
        {error === undefined && rest !== 'full' && loadedText(rows.length, total, pages)}
      </div>
    </div>
  );
}

/** Returns a text that says how many of the matching activities are in the table. */
function loadedText(loaded: number, total: number | undefined, { rest, isLoading }: Pages): string {
  if (rest === 'end') return `All ${formatCount(loaded)} loaded`;
  // If activities arrived after `total` was loaded, there may be more rows than that.
  const of = total === undefined || total < loaded ? '' : ` of ${formatCount(total)}`;
  return `${formatCount(loaded)}${of} loaded${isLoading ? ' …' : ''}`;
}

/** Resolves with the time of the newest activity in the log. The time is empty if the log has none. */
async function loadNewest(signal: AbortSignal): Promise<{ readonly time: string }> {
  const { data } = await service.queryPage({ limit: 1 }, { signal });
  return { time: data[0]?.createdAt ?? '' };
}

const isoTime = (ms: number): string => new Date(ms).toISOString();

const makeColorMap = (counts: Counts | undefined): ReadonlyMap<string, string> =>
  new Map(
    counts?.stacks.series.flatMap(({ type, color }) => (type === undefined ? [] : [[type, color] as const])),
  );
