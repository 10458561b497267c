import { useEffect } from 'preact/hooks';
import { service } from '../api/service.ts';
import { failureOf } from '../shared/failure.ts';
import { Icon } from '../shared/icon.tsx';
import { formatCount } from '../shared/time-format.ts';
import { usePolled } from '../shared/use-polled.ts';

interface ErasureProgressProps {
  readonly id: string;
  /** Called once the erasure is done. */
  readonly onDone: () => void;
  readonly onClose: () => void;
}

const pollMs = 1000;

/** Shows how far an erasure is. */
export function ErasureProgress({ id, onDone, onClose }: ErasureProgressProps) {
  const { value, error } = usePolled(
    async (signal) => {
      // Right after the request it may not be recorded yet.
      const erasure = await service.erasure(id, { signal });
      return erasure ?? { id, status: 'accepted' as const, erased: 0 };
    },
    { everyMs: pollMs, isLast: ({ status }) => status === 'done' },
  );
  const isDone = value?.status === 'done';
  useEffect(() => {
    if (isDone) onDone();
  }, [isDone]);
  return (
    <section class={`erasure ${isDone ? 'done' : ''}`} aria-label="Erasure">
      {isDone ? <Icon name="check" /> : <span class="spinner" aria-hidden="true" />}
      <p role="status">{error === undefined ? textOf(value) : faultText(error)}</p>
      <button type="button" class="icon-button" aria-label="Hide the erasure" onClick={onClose}>
        <Icon name="close" />
      </button>
    </section>
  );
}

function textOf(erasure: { readonly status: string; readonly erased: number } | undefined): string {
  if (erasure === undefined) return 'Asking how far the erasure is …';
  const { status, erased } = erasure;
  const removed = `${formatCount(erased)} ${erased === 1 ? 'activity' : 'activities'} removed`;
  if (status === 'done') return `The user is erased: ${removed}.`;
  if (status === 'running') return `Erasing: ${removed} so far …`;
  return 'The log holds the request. The erasure begins in a moment …';
}

const faultText = (error: unknown): string =>
  `${failureOf(error).title}, so the progress is unknown. The erasure goes on by itself.`;
