import type { Timestamp } from '../activity/timestamp.ts';
import { RuleBroken } from '../shared/violation.ts';
import type { OriginalRecord } from './log-record.ts';

/**
 * Why a record could not be stored:
 *  - `unreadable`  it is no event of ours;
 *  - `conflict`    its id already holds another fact;
 *  - `refused`     the store can't hold its content.
 */
export type DeadLetterCode = 'unreadable' | 'conflict' | 'refused';

const codes: readonly DeadLetterCode[] = ['unreadable', 'conflict', 'refused'];

export const DeadLetterCode: {
  readonly all: readonly DeadLetterCode[];
  parse(raw: unknown): DeadLetterCode;
} = {
  /** Every code. */
  all: codes,
  /** Takes a code as a client or a stranger gives it; says no by `RuleBroken`. */
  parse(raw: unknown): DeadLetterCode {
    const code = codes.find((one) => one === raw);
    if (code === undefined) throw new RuleBroken(`must be one of ${codes.join(', ')}`);
    return code;
  },
};

/** A record that was taken off the log without being stored, and all that is needed to judge it again. */
export interface DeadLetter extends OriginalRecord {
  readonly code: DeadLetterCode;
  /** For a person; may name a field, never its value. */
  readonly reason: string;
  readonly diedAt: Timestamp;
}

/**
 * The letter of a record that is too large to be kept with its bytes: it came compressed, or more was allowed once. The rest says
 * where it lies, as long as the log holds it.
 */
export function withoutBytes(letter: DeadLetter): DeadLetter {
  const size = letter.value?.length ?? 0;
  const reason = `${letter.reason}; too large to be kept here, its value of ${size} bytes and its headers are left out`;
  return { ...letter, key: null, value: null, headers: {}, reason };
}
