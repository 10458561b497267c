import { useEffect, useRef } from 'preact/hooks';
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
/** Right after the request, the erasure may not be recorded yet. After so many answers without it, there is none. */
const maxMisses = 20;

/** Shows how far an erasure is. */
export function ErasureProgress({ id, onDone, onClose }: ErasureProgressProps) {
  const misses = useRef(0);
  const { value, error } = usePolled(
    async (signal) => {
      const erasure = await service.erasure(id, { signal });
      if (erasure !== undefined) return erasure;
      misses.current += 1;
      return { status: misses.current < maxMisses ? ('accepted' as const) : ('unknown' as const), erased: 0 };
    },
    { everyMs: pollMs, isLast: ({ status }) => status === 'done' || status === 'unknown' },
  );
  const isDone = value?.status === 'done';
  useEffect(() => {
    if (isDone) onDone();
  }, [isDone]);
  return (
    <section class={`erasure ${isDone ? 'done' : ''}`} aria-label="Erasure">
      {isDone && <Icon name="check" />}
      {value?.status === 'unknown' && <Icon name="alert" />}
      {!isDone && value?.status !== 'unknown' && <span class="spinner" aria-hidden="true" />}
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
  if (status === 'unknown') return 'The service knows no such erasure.';
  if (status === 'running') return `Erasing: ${removed} so far …`;
  return 'The log holds the request. The erasure begins in a moment …';
}

const faultText = (error: unknown): string =>
  `${failureOf(error).title}, so the progress is unknown. The erasure goes on by itself.`;
