import type { DeadLetter } from '../log/dead-letter.ts';

/**
 * Keeps records that can't be stored, so that they are not lost and do not block the records behind them.
 *  D1 Durable     once `add` resolves, a new handle on the same queue has the letters.
 *  D2 Idempotent  a letter replaces an older one with the same origin: one origin, one letter.
 *  D3 Faithful    key, value and headers come out byte for byte, whatever they contain, and all other fields unchanged. A letter
 *                 too large for the queue is kept `withoutBytes`, and its reason says so. It does not block later records.
 *  D4 Honest      while unreachable, `add` rejects with STORE_UNAVAILABLE or LOG_UNAVAILABLE. Repeating the call is safe.
 *  D5 Distinct    letters of two logs are two letters, even if topic, partition and offset are the same.
 */
export interface DeadLetterQueue {
  add(letters: readonly DeadLetter[]): Promise<void>;
}
