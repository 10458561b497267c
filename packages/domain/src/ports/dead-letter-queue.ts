import type { DeadLetter } from '../log/dead-letter.ts';

/**
 * Where records go that can't be stored, so that nobody waits behind them and nothing is lost.
 *  D1 Durable     once `add` resolves, a new handle on the same queue holds the letters.
 *  D2 Idempotent  a letter of an origin (topic, partition, offset) that is there already takes its place: one origin, one letter.
 *  D3 Faithful    key, value and headers come out byte for byte, whatever they are, and all else as it was. A letter that is larger than the queue can
 *                 hold is kept `withoutBytes`, and says so: it must not hold up what comes behind it.
 *  D4 Honest      while it is out of reach it rejects with STORE_UNAVAILABLE or LOG_UNAVAILABLE, and adding again is safe.
 */
export interface DeadLetterQueue {
  add(letters: readonly DeadLetter[]): Promise<void>;
}
