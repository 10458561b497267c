import type { ApiUseCases } from '@user-activity/application';
import type { Logger } from './logger.ts';
import { logFailures, repeatRegularly } from './repeat-regularly.ts';
import { tokens } from './tokens.ts';
import type { Get } from './wiring.ts';

// The pause between two reads of the keys. It is short, so that a revoked key works for at most a few seconds.
const defaultPauseMs = 2000;

/**
 * Reads the API keys at once and after each pause, until the signal is aborted. Logs each outage of the store once. Continues after an
 * unexpected error, because otherwise revoked keys would keep working.
 */
export async function readKeysRegularly(
  refreshKeys: ApiUseCases['refreshKeys'],
  logger: Pick<Logger, 'error' | 'warn'>,
  signal: AbortSignal,
  pauseMs: number = defaultPauseMs,
): Promise<void> {
  const onFailure = logFailures(
    logger,
    'could not read the API keys; the known keys keep working for a limited time',
  );
  await repeatRegularly(refreshKeys, { signal, pauseMs, onFailure });
}

/** Starts to read the API keys regularly. Returns a function that stops it. Each process that serves the API does this. */
export function startReadingKeys(get: Get): () => void {
  const abort = new AbortController();
  void readKeysRegularly(get(tokens.apiUseCases).refreshKeys, get(tokens.logger), abort.signal);
  return () => abort.abort();
}
