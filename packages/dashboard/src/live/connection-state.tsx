import { describeFailure } from '../shared/failure.ts';
import { formatCount, shortTimeFormat } from '../shared/time-format.ts';
import { maxRows } from './live-buffer.ts';
import type { Connection, Recovery } from './use-tail.ts';

interface ConnectionStateProps {
  readonly connection: Connection;
  /** The number of activities since `startedAt`, which is in ms since 1970. */
  readonly total: number;
  readonly startedAt: number;
}

/** Shows whether the tail is connected, and after an outage, how long it was and how many activities arrived during it. */
export function ConnectionState({ connection, total, startedAt }: ConnectionStateProps) {
  const recovery = connection.kind === 'live' ? connection.recovery : undefined;
  return (
    <div class={`live-state ${connection.kind}`}>
      <i aria-hidden="true" />
      <p role="status">{textOf(connection)}</p>
      {/* Outside of the status, because screen readers would announce each new number. */}
      {recovery !== undefined && <p>{caughtUpText(recovery)}</p>}
      {connection.kind === 'live' && total > 0 && (
        <span>
          {formatCount(total)} since {shortTimeFormat.format(startedAt)}
        </span>
      )}
    </div>
  );
}

function textOf(connection: Connection): string {
  if (connection.kind === 'connecting') return 'Connecting …';
  if (connection.kind === 'refused') return 'Not connected';
  if (connection.kind === 'absent')
    return `Not connected yet: ${describeFailure(connection.reason).title}. This page keeps trying. It will show activities that are stored after it connects.`;
  if (connection.kind === 'lost')
    return `Not connected: ${describeFailure(connection.reason).title}. This page keeps trying, and will show what it missed.`;
  const { recovery } = connection;
  return recovery === undefined
    ? 'Connected'
    : `Reconnected after ${formatCount(recovery.seconds)} s. No activity was missed.`;
}

function caughtUpText({ caughtUp }: Recovery): string {
  if (caughtUp === 0) return 'No activities arrived during the outage.';
  const arrived = `${formatCount(caughtUp)} arrived during the outage`;
  return caughtUp > maxRows
    ? `${arrived}. The list shows the latest ${formatCount(maxRows)}.`
    : `${arrived}.`;
}
