import { ActivityLine } from '../shared/activity-line.tsx';
import { Failed } from '../shared/states.tsx';
import { formatCount } from '../shared/time-format.ts';
import { hrefOf } from '../shell/place.ts';
import { daysOf } from './days.ts';
import type { Timeline } from './use-timeline.ts';
import type { UserState } from './user-state.ts';

interface DayListProps {
  readonly timeline: Timeline;
  /** Returns the CSS variable with the color of a type. */
  readonly colorOf: (type: string) => string;
  readonly state: UserState;
}

const dayFormat = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

/** The activities of a user, grouped by day, newest first. */
export function DayList({ timeline, colorOf, state }: DayListProps) {
  const { activities, isLoading, error, rest, loadMore } = timeline;
  const days = daysOf(activities);
  return (
    <section class="days" aria-label="Timeline" aria-busy={isLoading}>
      {days.map(({ start, activities: ofDay }, index) => (
        <section key={start} aria-labelledby={`day-${start}`}>
          <h3 id={`day-${start}`}>
            {dayFormat.format(start)}
            <span>
              {formatCount(ofDay.length)}
              {/* The last day may have more activities than are loaded. */}
              {index === days.length - 1 && rest !== 'none' ? ' or more' : ''}
            </span>
          </h3>
          <ul>
            {ofDay.map((activity) => (
              <li key={activity.id}>
                <ActivityLine activity={activity} color={`var(${colorOf(activity.type)})`} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {error !== undefined && <Failed error={error} retry={loadMore} />}
      <p class="days-end" role="status">
        {isLoading && 'Loading …'}
        {!isLoading && error === undefined && rest === 'none' && 'All activities are loaded.'}
        {!isLoading && rest === 'full' && (
          <a class="button" href={hrefOf('explore', exploreParameters(state))}>
            Show all in Explore
          </a>
        )}
        {!isLoading && error === undefined && rest === 'more' && (
          <button type="button" class="button" onClick={loadMore}>
            Load more
          </button>
        )}
      </p>
    </section>
  );
}

const exploreParameters = ({ userId, from, type }: UserState): URLSearchParams =>
  new URLSearchParams({ userId, from: from === '' ? 'all' : from, ...(type !== undefined && { type }) });
