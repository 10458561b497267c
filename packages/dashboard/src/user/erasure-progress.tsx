import { useEffect, useRef } from 'preact/hooks';
import { service } from '../api/service.ts';
import { describeFailure } from '../shared/failure.ts';
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
/** Right after the request, the erasure may not be recorded yet. After this number of 404 answers, it counts as unknown. */
const maxMisses = 20;

/** Shows the progress of an erasure. */
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
  if (erasure === undefined) return 'Loading the progress of the erasure …';
  const { status, erased } = erasure;
  const removed = `${formatCount(erased)} ${erased === 1 ? 'activity' : 'activities'} removed`;
  if (status === 'done') return `The user is erased: ${removed}.`;
  if (status === 'unknown') return 'The service has no record of this erasure.';
  if (status === 'running') return `Erasing: ${removed} so far …`;
  return 'The request is accepted. The erasure starts in a moment …';
}

const faultText = (error: unknown): string =>
  `${describeFailure(error).title}, so the progress is unknown. The erasure continues in the background.`;
