import { failureOf } from '../shared/failure.ts';
import { shortTimeFormat } from '../shared/time-format.ts';
import type { Polled } from '../shared/use-polled.ts';

/** Says that what is shown is old, because the latest attempt to load it failed. */
export function Stale({ of: { value, error, loadedAt } }: { readonly of: Polled<unknown> }) {
  if (value === undefined || error === undefined || loadedAt === undefined) return null;
  return (
    <p class="stale" role="status">
      This is from {shortTimeFormat.format(loadedAt)}: {failureOf(error).title.toLowerCase()}.
    </p>
  );
}
