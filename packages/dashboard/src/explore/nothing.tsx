import { serviceNow } from '../api/service.ts';
import { Notice } from '../shared/states.tsx';
import { formatAgo } from '../shared/time-format.ts';
import { type ExploreState, isFiltered } from './explore-state.ts';
import { quickRangeFor } from './time-range.ts';

interface NothingProps {
  readonly state: ExploreState;
  /** When the newest activity of all happened, in RFC 3339. */
  readonly newest: string;
  readonly onChange: (changes: Partial<ExploreState>) => void;
}

/** Says that nothing matches, and offers a wider search. */
export function Nothing({ state, newest, onChange }: NothingProps) {
  const hasFilters = isFiltered(state);
  // The service searches metadata of all users only in a limited range.
  const widest = state.metadata.length > 0 && state.users.length === 0 ? '-365d' : 'all';
  const now = serviceNow();
  const wider = quickRangeFor(Date.parse(newest), now);
  return (
    <Notice icon="search" title="No activity matches">
      <p>
        {hasFilters ? 'Try other filters, or a longer range.' : 'Nothing happened in this range.'} The newest
        activity of all was {formatAgo(Date.parse(newest), now)}.
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
            Show the newest
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
