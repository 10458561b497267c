import { serviceNow } from '../api/service.ts';
import { Notice } from '../shared/states.tsx';
import { formatAgo } from '../shared/time-format.ts';
import { type ExploreState, isFiltered } from './explore-state.ts';
import { quickRangeFor } from './time-range.ts';

interface NoMatchesProps {
  readonly state: ExploreState;
  /** The time of the newest activity in the log (RFC 3339). */
  readonly newest: string;
  readonly onChange: (changes: Partial<ExploreState>) => void;
}

/** Says that no activity matches, and offers a wider search. */
export function NoMatches({ state, newest, onChange }: NoMatchesProps) {
  const hasFilters = isFiltered(state);
  // A metadata filter without a user needs a limited time range.
  const widest = state.metadata.length > 0 && state.users.length === 0 ? '-365d' : 'all';
  const now = serviceNow();
  const wider = quickRangeFor(Date.parse(newest), now);
  return (
    <Notice icon="search" title="No activity matches">
      <p>
        {hasFilters ? 'Try other filters, or a longer range.' : 'There are no activities in this range.'} The
        newest activity in the log was {formatAgo(Date.parse(newest), now)}.
      </p>
      <p class="notice-actions">
        {hasFilters && (
          <button
            type="button"
            class="button"
            onClick={() => onChange({ users: [], types: [], metadata: [] })}
          >
            Clear the filters
          </button>
        )}
        {!hasFilters && (
          <button type="button" class="button primary" onClick={() => onChange({ from: wider, to: '' })}>
            Show the newest activities
          </button>
        )}
        {state.from !== widest && (
          <button type="button" class="button" onClick={() => onChange({ from: widest, to: '' })}>
            {widest === 'all' ? 'Search all time' : 'Search the last year'}
          </button>
        )}
      </p>
    </Notice>
  );
}
