import { sweepRegularly } from './sweep-regularly.ts';
import { tokens } from './tokens.ts';
import type { Get } from './wiring.ts';

/** Sweeps the dead letters at intervals, until the returned function is called. Every process that serves the API does this. */
export function startSweeping(get: Get): () => void {
  const { sweepDeadLetters } = get(tokens.apiUseCases);
  const over = new AbortController();
  // It rejects only because of a bug, which the log must show.
  sweepRegularly(sweepDeadLetters, get(tokens.logger), over.signal).catch((bug: unknown) =>
    get(tokens.logger).error(
      { err: bug },
      'unexpected error, old dead letters are not removed any more; restart this process',
    ),
  );
  return () => over.abort();
}
