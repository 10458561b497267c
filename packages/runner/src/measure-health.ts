import type { HealthHistory } from '@user-activity/application';
import type { Logger } from './logger.ts';
import { logFailures, repeatRegularly } from './repeat-regularly.ts';

const minuteMs = 60_000;

/** Adds a point to the history every minute, until the returned function is called. */
export function startHealthHistory(history: Pick<HealthHistory, 'endMinute'>, logger: Logger): () => void {
  const abort = new AbortController();
  const onFailure = logFailures(
    logger,
    'could not read the metrics of this process; the health history merges this minute with the next',
  );
  void repeatRegularly(history.endMinute, { signal: abort.signal, pauseMs: minuteMs, onFailure });
  return () => abort.abort();
}
