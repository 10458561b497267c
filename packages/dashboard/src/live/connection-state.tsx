import { failureOf } from '../shared/failure.ts';
import { formatCount, shortTimeFormat } from '../shared/time-format.ts';
import { maxRows } from './live-buffer.ts';
import type { Connection, Recovery } from './use-tail.ts';

interface ConnectionStateProps {
  readonly connection: Connection;
  /** The number of activities since `startedAt`, which is in ms since 1970. */
  readonly total: number;
  readonly startedAt: number;
}

/** Says whether the tail is connected, and what an outage meant for it. */
export function ConnectionState({ connection, total, startedAt }: ConnectionStateProps) {
  const recovery = connection.kind === 'live' ? connection.recovery : undefined;
  return (
    <div class={`live-state ${connection.kind}`}>
      <i aria-hidden="true" />
      <p role="status">{textOf(connection)}</p>
      {/* Not in the status: readers of the screen would hear each number. */}
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
    return `Not connected yet: ${failureOf(connection.reason).title}. It tries again, and shows what is stored from then on.`;
  if (connection.kind === 'lost')
    return `Not connected: ${failureOf(connection.reason).title}. It tries again, and goes on where it was.`;
  const { recovery } = connection;
  return recovery === undefined
    ? 'Connected'
    : `Connected again after ${formatCount(recovery.seconds)} s. Nothing is missed.`;
}

function caughtUpText({ caughtUp }: Recovery): string {
  if (caughtUp === 0) return 'Nothing arrived meanwhile.';
  const arrived = `${formatCount(caughtUp)} arrived meanwhile`;
  return caughtUp > maxRows
    ? `${arrived}. The list holds the latest ${formatCount(maxRows)}.`
    : `${arrived}.`;
}
