import type { Activity } from '@user-activity/client';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { service } from '../api/service.ts';
import { ActivityLine } from '../shared/activity-line.tsx';
import { FilterToken, FilterTokens } from '../shared/filter-tokens.tsx';
import { makeAdder } from '../shared/filter-values.ts';
import { Icon } from '../shared/icon.tsx';
import { useShortcuts } from '../shared/shortcuts.ts';
import { Sparkline } from '../shared/sparkline.tsx';
import { Failed, Notice } from '../shared/states.tsx';
import { formatCount } from '../shared/time-format.ts';
import { TokenInput } from '../shared/token-input.tsx';
import { assignColors, maxTypes, otherColor } from '../shared/type-colors.ts';
import { useResource } from '../shared/use-resource.ts';
import { useRowHeight } from '../shared/use-row-height.ts';
import { VirtualList } from '../shared/virtual-list.tsx';
import { goTo, place } from '../shell/place.ts';
import { ConnectionState } from './connection-state.tsx';
import { maxRows, rateSeconds } from './live-buffer.ts';
import { activityFilter, type LiveFilter, liveParameters, parseLiveFilter } from './live-filter.ts';
import { useTail } from './use-tail.ts';
import './live.css';

/** The view that shows new activities as they are stored. */
export function Live() {
  const filter = parseLiveFilter(place.value.parameters);
  const version = String(liveParameters(filter));
  const [isPaused, setPaused] = useState(false);
  const [isScrolled, setScrolled] = useState(false);
  const tail = useTail(activityFilter(filter), version, isPaused || isScrolled);
  const list = useRef<HTMLDivElement>(null);
  const resume = (): void => {
    setPaused(false);
    setScrolled(false);
    list.current?.scrollTo({ top: 0 });
  };
  useShortcuts({
    p: () => (isPaused ? resume() : setPaused(true)),
    '/': () => document.querySelector<HTMLElement>('#live-user')?.focus(),
    t: () => document.querySelector<HTMLElement>('#live-type')?.focus(),
  });
  const change = (changes: Partial<LiveFilter>): void =>
    goTo('live', liveParameters({ ...filter, ...changes }));
  return (
    <>
      <h1 class="visually-hidden">Live</h1>
      <div class="live-bar">
        <button
          type="button"
          class="button live-pause"
          aria-pressed={isPaused}
          title="Pause or resume (p)"
          onClick={() => (isPaused ? resume() : setPaused(true))}
        >
          <Icon name={isPaused ? 'play' : 'pause'} />
          {isPaused ? 'Resume' : 'Pause'}
        </button>
        <LiveFilters filter={filter} onChange={change} />
        <Rate rates={tail.rates} />
      </div>
      <ConnectionState connection={tail.connection} total={tail.total} startedAt={tail.startedAt} />
      {tail.waiting > 0 && (isPaused || isScrolled) && (
        <button type="button" class="live-waiting" onClick={resume}>
          <Icon name="up" />
          {waitingText(tail.waiting)}
        </button>
      )}
      {tail.connection.kind === 'refused' ? (
        <Failed error={tail.connection.error} retry={tail.retry} />
      ) : tail.rows.length === 0 ? (
        <Waiting isFiltered={version !== ''} />
      ) : (
        <ActivityList rows={tail.rows} list={list} onScroll={setScrolled} />
      )}
    </>
  );
}

const waitingText = (count: number): string =>
  count > maxRows
    ? `The latest ${formatCount(maxRows)} of ${formatCount(count)} new activities`
    : `${formatCount(count)} new ${count === 1 ? 'activity' : 'activities'}`;

const Waiting = ({ isFiltered }: { readonly isFiltered: boolean }) => (
  <Notice icon="activity" title="Waiting for the next activity">
    <p>
      {isFiltered
        ? 'Activities that match appear here once they are stored.'
        : 'Activities appear here once they are stored.'}
    </p>
  </Notice>
);

function Rate({ rates }: { readonly rates: readonly number[] }) {
  const recent = rates.slice(-5);
  const perSecond = recent.reduce((sum, count) => sum + count, 0) / recent.length;
  const text = `${perSecond >= 10 ? formatCount(Math.round(perSecond)) : perSecond.toFixed(1)} per second`;
  return (
    <div class="live-rate">
      <Sparkline label={`Activities in each of the last ${rateSeconds} seconds`} values={rates} />
      <span>{text}</span>
    </div>
  );
}

interface LiveFiltersProps {
  readonly filter: LiveFilter;
  readonly onChange: (changes: Partial<LiveFilter>) => void;
}

function LiveFilters({ filter: { users, types }, onChange }: LiveFiltersProps) {
  const [isWanted, setWanted] = useState(false);
  const known = useResource(
    async (signal) => (isWanted ? (await service.stats({ by: 'type', from: '-24h' }, { signal })).data : []),
    [isWanted],
  );
  const suggestions = (known.value ?? []).map(({ key, count }) => ({ value: key, count }));
  const chosen = [
    ...users.map((value) => ({ name: 'user', value, rest: { users: users.filter((one) => one !== value) } })),
    ...types.map((value) => ({ name: 'type', value, rest: { types: types.filter((one) => one !== value) } })),
  ];
  return (
    <>
      <TokenInput
        id="live-user"
        label="Filter by user"
        placeholder="User"
        onAdd={makeAdder(users, 'users', (values) => onChange({ users: values }))}
      />
      <TokenInput
        id="live-type"
        label="Filter by type"
        placeholder="Type"
        suggestions={suggestions.filter(({ value }) => !types.includes(value))}
        onFocus={() => setWanted(true)}
        onAdd={makeAdder(types, 'types', (values) => onChange({ types: values }))}
      />
      {chosen.length > 0 && (
        <FilterTokens class="live-tokens">
          {chosen.map(({ name, value, rest }) => (
            <FilterToken key={`${name} ${value}`} name={name} value={value} onRemove={() => onChange(rest)} />
          ))}
        </FilterTokens>
      )}
    </>
  );
}

interface ActivityListProps {
  readonly rows: readonly Activity[];
  readonly list: { current: HTMLDivElement | null };
  readonly onScroll: (isScrolled: boolean) => void;
}

/** The list of activities, newest first. Only visible rows are in the DOM. */
function ActivityList({ rows, list, onScroll }: ActivityListProps) {
  const { rowHeight } = useRowHeight();
  const types = useMemo(() => frequentTypes(rows.map(({ type }) => type)), [rows]);
  const colors = useMemo(() => assignColors(types), [types.join('\n')]);
  // When this list disappears, it is no longer scrolled. The next list starts at its top.
  useEffect(() => () => onScroll(false), []);
  return (
    <div
      class="live-list"
      ref={list}
      role="region"
      aria-label={`The latest activities, ${formatCount(maxRows)} at most`}
      tabIndex={0}
      onScroll={({ currentTarget }) => onScroll(currentTarget.scrollTop > 4)}
    >
      <VirtualList
        count={rows.length}
        rowHeight={rowHeight}
        scroller={list}
        row={(index, top) => {
          const activity = rows[index];
          if (activity === undefined) return null;
          return (
            <div key={activity.id} class="live-row" style={{ transform: `translateY(${top}px)` }}>
              <ActivityLine
                activity={activity}
                color={`var(${colors.get(activity.type) ?? otherColor})`}
                hasUser
              />
            </div>
          );
        }}
      />
    </div>
  );
}

/** Returns the most frequent types, in descending order of frequency. */
function frequentTypes(types: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts]
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, maxTypes)
    .map(([type]) => type);
}
