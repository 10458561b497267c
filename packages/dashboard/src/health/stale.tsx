import { describeFailure } from '../shared/failure.ts';
import { shortTimeFormat } from '../shared/time-format.ts';
import type { Polled } from '../shared/use-polled.ts';

/** Says that the data shown is old, because the latest attempt to load it failed. Shows nothing after a success. */
export function Stale({ of: { value, error, loadedAt } }: { readonly of: Polled<unknown> }) {
  if (value === undefined || error === undefined || loadedAt === undefined) return null;
  return (
    <p class="stale" role="status">
      Last updated at {shortTimeFormat.format(loadedAt)}: {describeFailure(error).title.toLowerCase()}.
    </p>
  );
}
