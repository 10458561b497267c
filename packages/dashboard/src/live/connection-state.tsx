import { failureOf } from '../shared/failure.ts';
import { formatCount } from '../shared/time-format.ts';
import type { Connection } from './use-tail.ts';

interface ConnectionStateProps {
  readonly connection: Connection;
  readonly total: number;
}

/** Says whether the tail is connected, and what an outage meant for it. */
export function ConnectionState({ connection, total }: ConnectionStateProps) {
  return (
    <p class={`live-state ${connection.kind}`} role="status">
      <i aria-hidden="true" />
      {textOf(connection)}
      {connection.kind === 'live' && total > 0 && (
        <span aria-live="off">{formatCount(total)} since you opened this view</span>
      )}
    </p>
  );
}

function textOf(connection: Connection): string {
  if (connection.kind === 'connecting') return 'Connecting …';
  if (connection.kind === 'refused') return 'Not connected';
  if (connection.kind === 'lost')
    return `Not connected: ${failureOf(connection.reason).title}. It tries again, and misses nothing.`;
  const { recovery } = connection;
  if (recovery === undefined) return 'Connected';
  const { seconds, caughtUp } = recovery;
  const added =
    caughtUp === 0
      ? 'Nothing arrived meanwhile.'
      : `${formatCount(caughtUp)} that arrived meanwhile ${caughtUp === 1 ? 'is' : 'are'} in the list.`;
  return `Connected again after ${formatCount(seconds)} s. Nothing is missing: ${added.charAt(0).toLowerCase()}${added.slice(1)}`;
}
