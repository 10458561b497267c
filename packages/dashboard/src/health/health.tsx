import type { Health as HealthReport } from '@user-activity/client/health';
import { useMemo } from 'preact/hooks';
import { serviceHealth, serviceNow } from '../api/service.ts';
import { describeFailure } from '../shared/failure.ts';
import { Icon } from '../shared/icon.tsx';
import { useShortcuts } from '../shared/shortcuts.ts';
import { Failed, Loading } from '../shared/states.tsx';
import { TimeChart } from '../shared/time-chart.tsx';
import { formatCount } from '../shared/time-format.ts';
import { type Polled, usePolled } from '../shared/use-polled.ts';
import { DeadLetters } from './dead-letters.tsx';
import {
  chartsOf,
  type Figures,
  figuresOf,
  hasNoConsumer,
  lastHour,
  dropShortLastPoint,
} from './health-series.ts';
import { Stale } from './stale.tsx';
import './health.css';

const statePollMs = 5000;
const historyPollMs = 15_000;

/** The view of the service's health: the result of its checks, its measurements of the last hour, and the dead letters. */
export function Health() {
  const report = usePolled((signal) => serviceHealth.ready({ signal }), { everyMs: statePollMs });
  const history = usePolled(async (signal) => (await serviceHealth.history({ signal })).data, {
    everyMs: historyPollMs,
  });
  const reload = (): void => {
    report.reload();
    history.reload();
  };
  useShortcuts({ r: reload });
  return (
    <div class="health-view">
      <h1 class="visually-hidden">Health</h1>
      <State report={report} />
      <section class="health-history" aria-labelledby="health-history">
        <h2 id="health-history">
          The last hour <span>as this process measured it</span>
        </h2>
        <History history={history} />
      </section>
      <DeadLetters />
    </div>
  );
}

const checkNames = { log: 'Log', store: 'Store', progress: 'Consumer' } as const;

function State({ report: { value, error, reload } }: { readonly report: Polled<HealthReport> }) {
  if (error !== undefined && describeFailure(error).kind !== 'unreachable')
    return <Failed error={error} retry={reload} />;
  const isLost = error !== undefined;
  const isReady = value?.status === 'ok' && !isLost;
  const title =
    value === undefined && !isLost
      ? 'Checking …'
      : isLost
        ? 'The server does not answer'
        : isReady
          ? 'The service works'
          : 'The service is not ready';
  const tone = isReady ? 'good' : value === undefined && !isLost ? 'unknown' : 'bad';
  return (
    <section class={`health-state ${tone}`} aria-label="State">
      <Icon name={isReady ? 'check' : isLost ? 'cloud' : 'alert'} />
      <p role="status">
        <strong>{title}</strong>
        {isLost && <span>This page keeps trying. The figures below are from before the outage.</span>}
        {!isLost && !isReady && value !== undefined && <span>{remedyOf(value)}</span>}
      </p>
      <ul aria-label="What it depends on">
        {Object.entries(checkNames).map(([check, name]) => {
          const state = isLost ? undefined : value?.checks[check as keyof typeof checkNames];
          if (state === undefined && !isLost && value !== undefined) return null;
          return (
            <li key={check} class={state ?? 'unknown'}>
              <i aria-hidden="true" />
              {name}
              <span>{state === undefined ? 'unknown' : state === 'ok' ? 'works' : 'fails'}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function remedyOf({ checks }: HealthReport): string {
  if (checks.store === 'unavailable')
    return 'The store does not answer. Activities wait in the log, and are stored once the store answers again.';
  if (checks.log === 'unavailable') return 'The log does not answer, so activities are refused with 503.';
  if (checks.progress === 'unavailable') return 'The consumer makes no progress, and will be restarted.';
  return 'The service is stopping.';
}

type Points = Parameters<typeof chartsOf>[0];

function History({ history }: { readonly history: Polled<Points> }) {
  const { value, error, reload } = history;
  const points = useMemo(() => dropShortLastPoint(value ?? []), [value]);
  const times = useMemo(() => points.map(({ at }) => Date.parse(at)), [points]);
  const charts = useMemo(() => chartsOf(points), [points]);
  const { from, to } = useMemo(() => lastHour(Math.max(serviceNow(), times.at(-1) ?? 0)), [times]);
  // Until the first answer, an error is shown instead of the charts.
  if (value === undefined && error !== undefined) return <Failed error={error} retry={reload} />;
  if (value === undefined) return <Loading />;
  return (
    <>
      <Stale of={history} />
      <FigureList figures={figuresOf(points)} />
      {hasNoConsumer(points) && (
        <p class="hint health-elsewhere">
          This process has no consumer. The processes with a consumer measure what is stored, how fast, and
          new dead letters: see <code>/api/health/history</code> of each.
        </p>
      )}
      <div class="health-charts">
        {charts.map(({ title, unit, kind, series }) => (
          <figure key={title}>
            <figcaption>
              <h3>
                {title} <span>{unit}</span>
              </h3>
              {series.length > 1 && (
                <ul aria-hidden="true">
                  {series.map(({ name, color }) => (
                    <li key={name}>
                      <i style={{ background: `var(${color})` }} />
                      {name}
                    </li>
                  ))}
                </ul>
              )}
            </figcaption>
            <TimeChart
              label={`${title}, ${unit}, by the minute over the last hour`}
              kind={kind}
              times={times}
              series={series}
              from={from}
              to={to}
              height={150}
              formatValue={formatFigure}
            />
          </figure>
        ))}
      </div>
    </>
  );
}

function FigureList({ figures }: { readonly figures: Figures }) {
  const { acceptedPerSecond, storedPerSecond, handledPerSecond, lag, storedAfterMs, deadLettered } = figures;
  const shown: readonly (readonly [name: string, value: number | undefined, unit: string])[] = [
    ['Accepted', acceptedPerSecond, 'per second'],
    ['Stored', storedPerSecond, 'per second'],
    ['Handled', handledPerSecond, 'per second, by all consumers'],
    ['Lag', lag, lag === 1 ? 'record' : 'records'],
    ['Accepted to stored', storedAfterMs?.p50, 'ms, median'],
    ['Accepted to stored', storedAfterMs?.p99, 'ms, 99th percentile'],
    ['New dead letters', deadLettered, 'in an hour'],
  ];
  return (
    <dl class="health-figures">
      {shown.map(([name, value, unit]) =>
        value === undefined ? null : (
          <div key={`${name} ${unit}`}>
            <dt>{name}</dt>
            <dd>
              {formatFigure(value)} <span>{unit}</span>
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** Formats a number. Rounds it to an integer if it is 10 or more, and to at most one decimal place if it is less. */
const formatFigure = (value: number): string =>
  value >= 10 || Number.isInteger(value) ? formatCount(Math.round(value)) : value.toFixed(1);
