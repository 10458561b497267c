import { useMemo, useState } from 'preact/hooks';
import { serviceNow } from '../api/service.ts';
import { Icon } from '../shared/icon.tsx';
import { useShortcuts } from '../shared/shortcuts.ts';
import { Failed, Loading, Notice } from '../shared/states.tsx';
import { TimeChart } from '../shared/time-chart.tsx';
import { formatAgo, formatCount, formatMinute } from '../shared/time-format.ts';
import { useResource } from '../shared/use-resource.ts';
import { Value } from '../shared/value.tsx';
import { goTo, hrefOf, place } from '../shell/place.ts';
import { ActiveUsers } from './active-users.tsx';
import { EraseDialog } from './erase-dialog.tsx';
import { ErasureProgress } from './erasure-progress.tsx';
import { filterOf, loadSummary, type Summary, typeColors } from './load-user.ts';
import { DayList } from './day-list.tsx';
import { TypeCounts } from './type-counts.tsx';
import { useTimeline } from './use-timeline.ts';
import { parseUserState, userParameters, userRanges, type UserState } from './user-state.ts';
import './user.css';

/** The view of one user: statistics, a timeline, and the erasure of the user's activities. */
export function User() {
  const state = parseUserState(place.value.parameters);
  const change = (changes: Partial<UserState>): void =>
    goTo('user', userParameters({ ...state, ...changes }));
  useShortcuts({ '/': () => document.querySelector<HTMLElement>('#user-id')?.focus() });
  return (
    <div class="user-view">
      <h1 class="visually-hidden">User</h1>
      <UserForm key={state.userId} state={state} change={change} />
      {state.userId === '' ? (
        <Notice icon="user" title="Whose activities are you looking for?">
          <p>Enter the id of a user, as your application sends it.</p>
          <ActiveUsers />
        </Notice>
      ) : (
        // With this key, another user gets a new component, which shows nothing of the previous user.
        <ChosenUser key={state.userId} state={state} change={change} />
      )}
    </div>
  );
}

interface UserProps {
  readonly state: UserState;
  readonly change: (changes: Partial<UserState>) => void;
}

function UserForm({ state, change }: UserProps) {
  const [text, setText] = useState(state.userId);
  const submit = (event: Event): void => {
    event.preventDefault();
    change({ userId: text.trim(), type: undefined, erasure: undefined });
  };
  return (
    <form class="user-bar" onSubmit={submit}>
      <input
        id="user-id"
        class="input"
        dir="auto"
        aria-label="Id of the user"
        placeholder="Id of the user"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit" class="button">
        Show
      </button>
      <select
        class="input"
        aria-label="Time range"
        value={state.from}
        onChange={({ currentTarget }) => change({ from: currentTarget.value })}
      >
        {userRanges.map(([from, label]) => (
          <option key={from} value={from}>
            {label}
          </option>
        ))}
      </select>
    </form>
  );
}

function ChosenUser({ state, change }: UserProps) {
  const [loads, setLoads] = useState(0);
  const [isErasing, setErasing] = useState(false);
  const reload = (): void => setLoads(loads + 1);
  useShortcuts({ r: reload });
  const version = `${loads} ${String(userParameters({ ...state, erasure: undefined }))}`;
  const summary = useResource((signal) => loadSummary(state, signal), [version]);
  const timeline = useTimeline(filterOf(state), version);
  const { value, error } = summary;
  const colorOf = useMemo(() => typeColors(value?.types ?? []), [value]);
  return (
    <>
      <header class="user-head">
        <Icon name="user" />
        <h2 dir="auto">
          <Value text={state.userId} />
        </h2>
        <div class="user-actions">
          <a class="button" href={hrefOf('live', new URLSearchParams({ userId: state.userId }))}>
            Follow live
          </a>
          <button type="button" class="button danger" onClick={() => setErasing(true)}>
            Erase …
          </button>
        </div>
        {value !== undefined && <Facts summary={value} />}
      </header>
      {state.erasure !== undefined && (
        <ErasureProgress
          key={state.erasure}
          id={state.erasure}
          onDone={reload}
          onClose={() => change({ erasure: undefined })}
        />
      )}
      {error !== undefined && <Failed error={error} retry={reload} />}
      {error === undefined && value === undefined && <Loading />}
      {value?.total === 0 && (
        <Notice icon="inbox" title="No activities found">
          <p>
            {state.from === ''
              ? 'There is no activity with this id. Ids are compared exactly.'
              : 'There is no activity with this id in this range. Ids are compared exactly.'}
          </p>
          {state.from !== '' && (
            <p class="notice-actions">
              <button type="button" class="button" onClick={() => change({ from: '' })}>
                Search all time
              </button>
            </p>
          )}
        </Notice>
      )}
      {value !== undefined && value.total > 0 && (
        <section class="user-overview" aria-label="At a glance" aria-busy={summary.isLoading}>
          <TypeCounts
            types={value.types}
            colorOf={colorOf}
            chosen={state.type}
            onChoose={(type) => change({ type })}
          />
          <TimeChart
            label={chartLabel(value)}
            kind="stacked-bars"
            times={value.stacks.times}
            series={value.stacks.series}
            from={value.from}
            to={value.to}
            height={240}
          />
        </section>
      )}
      {/* If the statistics could not be loaded, the timeline is still shown. */}
      {(value === undefined ? timeline.activities.length > 0 : value.total > 0) && (
        <DayList timeline={timeline} colorOf={colorOf} state={state} />
      )}
      {isErasing && (
        <EraseDialog
          userId={state.userId}
          onClose={() => setErasing(false)}
          onStarted={(erasure) => {
            setErasing(false);
            change({ erasure });
          }}
        />
      )}
    </>
  );
}

const chartLabel = ({ stacks, unit }: Summary): string =>
  `Activities per ${unit}, by type: ${formatCount(stacks.total)} in all`;

function Facts({ summary: { total, first, last, state } }: { readonly summary: Summary }) {
  const range = userRanges.find(([known]) => known === state.from)?.[1].toLowerCase() ?? '';
  return (
    <dl class="user-facts">
      <Fact name="Activities" value={formatCount(total)} detail={range} />
      {first !== undefined && <TimeFact name="First" time={first.createdAt} />}
      {last !== undefined && <TimeFact name="Last" time={last.createdAt} />}
    </dl>
  );
}

const TimeFact = ({ name, time }: { readonly name: string; readonly time: string }) => (
  <Fact
    name={name}
    value={formatMinute(Date.parse(time))}
    detail={formatAgo(Date.parse(time), serviceNow())}
  />
);

const Fact = ({
  name,
  value,
  detail,
}: {
  readonly name: string;
  readonly value: string;
  readonly detail: string;
}) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {value}
      <span>{detail}</span>
    </dd>
  </div>
);
