import type { DeadLetter } from '../log/dead-letter.ts';

/**
 * Keeps records that can't be stored, so that they are not lost and do not block later records.
 *  D1 Durable     once `add` resolves, a new handle on the same queue has the letters.
 *  D2 Idempotent  a letter replaces an older one with the same origin, so there is never more than one letter for a record.
 *  D3 Faithful    key, value and headers come out byte for byte, whatever they contain, and all other fields unchanged. A letter that is too
 *                 large for the queue is kept as `withoutBytes` returns it. So it does not block later records.
 *  D4 Honest      while the queue is unreachable, `add` rejects with STORE_UNAVAILABLE or LOG_UNAVAILABLE. Repeating the call is safe.
 *  D5 Distinct    letters from two logs are different letters, even if topic, partition and offset are the same.
 */
export interface DeadLetterQueue {
  add(letters: readonly DeadLetter[]): Promise<void>;
}
