import { useMemo, useState } from 'preact/hooks';
import { serviceNow } from '../api/service.ts';
import { Icon } from '../shared/icon.tsx';
import { useShortcuts } from '../shared/shortcuts.ts';
import { Failed, Loading, Notice } from '../shared/states.tsx';
import { formatCount } from '../shared/time-format.ts';
import { useResource } from '../shared/use-resource.ts';
import { goTo, place } from '../shell/place.ts';
import { ActivityDrawer } from './activity-drawer.tsx';
import { ActivityTable } from './activity-table.tsx';
import { exploreParameters, type ExploreState, filterOf, isFiltered, parseExplore } from './explore-state.ts';
import { ExportMenu } from './export-menu.tsx';
import { FilterBar } from './filter-bar.tsx';
import { type Counts, Histogram, loadCounts } from './histogram.tsx';
import { resolveRange } from './time-range.ts';
import { type Pages, usePages } from './use-pages.ts';
import './explore.css';

/** Finds activities: filters, a chart over time, a table, and the details of one. */
export function Explore() {
  const [loads, setLoads] = useState(0);
  const state = parseExplore(place.value.parameters);
  const change = (changes: Partial<ExploreState>, options = {}): void =>
    goTo('explore', exploreParameters({ ...state, ...changes }), options);
  const reload = (): void => setLoads(loads + 1);
  // What is open does not change what is found.
  const version = `${loads} ${String(exploreParameters({ ...state, open: undefined }))}`;
  const range = useMemo(() => resolveRange(state.from, state.to, serviceNow()), [version]);
  const filter = filterOf(state, range);
  const pages = usePages({ ...filter, order: state.order }, version);
  const counts = useResource((signal) => loadCounts(filter, range, signal), [version]);
  const colors = useMemo(() => colorsOf(counts.value), [counts.value]);
  const open = (id: string | undefined): void =>
    // Moving through activities is one step back, and opening the first one is another.
    change({ open: id }, { replace: state.open !== undefined && id !== undefined });
  useShortcuts({
    '/': () => document.querySelector<HTMLElement>('#filter-user')?.focus(),
    t: () => document.querySelector<HTMLElement>('#filter-type')?.focus(),
    r: reload,
    Escape: () => open(undefined),
  });
  return (
    <>
      <h1 class="visually-hidden">Explore</h1>
      <div class="tool-bar">
        <FilterBar state={state} onChange={change} />
        <div class="tool-bar-end">
          <button
            type="button"
            class="icon-button"
            aria-label="Load again"
            title="Load again (r)"
            onClick={reload}
          >
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
        <Found
          pages={pages}
          state={state}
          change={change}
          open={open}
          reload={reload}
          colorOf={(type) => `var(${colors.get(type) ?? '--type-other'})`}
        />
        {state.open !== undefined && (
          <ActivityDrawer
            id={state.open}
            known={pages.rows.find(({ id }) => id === state.open)}
            onClose={() => open(undefined)}
            onFilter={(name, value) => change(name === 'user' ? { users: [value] } : { types: [value] })}
            onFilterMetadata={(path, value) => change({ metadata: [...state.metadata, { path, value }] })}
          />
        )}
      </div>
    </>
  );
}

interface FoundProps {
  readonly pages: Pages;
  readonly state: ExploreState;
  readonly change: (changes: Partial<ExploreState>) => void;
  readonly open: (id: string) => void;
  readonly reload: () => void;
  readonly colorOf: (type: string) => string;
}

/** The table, or what is there in its place. */
function Found({ pages, state, change, open, reload, colorOf }: FoundProps) {
  const { rows, isLoading, error, rest } = pages;
  if (rows.length === 0) {
    if (isLoading) return <Loading />;
    if (error !== undefined) return <Failed error={error} retry={reload} />;
    return <Nothing state={state} change={change} />;
  }
  // Others may have happened in the same millisecond: some are shown again, and none is missing.
  const last = Date.parse(rows.at(-1)?.createdAt ?? '');
  return (
    <div class="found" aria-busy={isLoading}>
      <ActivityTable rows={rows} openId={state.open} onOpen={open} onEnd={pages.loadMore} colorOf={colorOf} />
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
            This page holds {formatCount(rows.length)} activities at a time.
            <button
              type="button"
              class="button"
              onClick={() =>
                change(state.order === 'desc' ? { to: isoTime(last + 1) } : { from: isoTime(last) })
              }
            >
              Go on from the last one
            </button>
          </>
        )}
        {error === undefined && rest !== 'full' && (
          <>
            {formatCount(rows.length)} loaded{rest === 'end' ? ', these are all' : isLoading ? ' …' : ''}
          </>
        )}
      </div>
    </div>
  );
}

/** Says that nothing matches, and offers a wider search. */
function Nothing({ state, change }: Pick<FoundProps, 'state' | 'change'>) {
  const hasFilters = isFiltered(state);
  return (
    <Notice icon="search" title="No activity matches">
      <p>{hasFilters ? 'Try other filters, or a longer range.' : 'Nothing happened in this range.'}</p>
      <p class="notice-actions">
        {hasFilters && (
          <button type="button" class="button" onClick={() => change({ users: [], types: [], metadata: [] })}>
            Clear the filters
          </button>
        )}
        {state.from !== 'all' && (
          <button type="button" class="button" onClick={() => change({ from: 'all', to: '' })}>
            Search all time
          </button>
        )}
      </p>
    </Notice>
  );
}

const isoTime = (ms: number): string => new Date(ms).toISOString();

const colorsOf = (counts: Counts | undefined): ReadonlyMap<string, string> =>
  new Map(counts?.stacks.series.map(({ name, color }) => [name, color]));
