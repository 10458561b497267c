import type { ApiUseCases } from '@user-activity/application';
import type { Logger } from './logger.ts';
import { logFailures, repeatRegularly } from './repeat-regularly.ts';
import { tokens } from './tokens.ts';
import type { Get } from './wiring.ts';

// Every process of the API reads the keys this often. So a revoked key works for some seconds at most.
const defaultPauseMs = 2000;

/**
 * Reads the API keys at once and after each pause, until the signal is aborted. Logs an outage of the store once. An unexpected error does
 * not end the reads, because revoked keys would then keep working.
 */
export async function readKeysRegularly(
  refreshKeys: ApiUseCases['refreshKeys'],
  logger: Pick<Logger, 'error' | 'warn'>,
  signal: AbortSignal,
  pauseMs: number = defaultPauseMs,
): Promise<void> {
  const onFailure = logFailures(
    logger,
    'could not read the API keys; the known ones work for a limited time',
  );
  await repeatRegularly(refreshKeys, { signal, pauseMs, onFailure });
}

/** Starts to read the API keys regularly, until the returned function is called. Each process that serves the API does this. */
export function startReadingKeys(get: Get): () => void {
  const abort = new AbortController();
  void readKeysRegularly(get(tokens.apiUseCases).refreshKeys, get(tokens.logger), abort.signal);
  return () => abort.abort();
}
