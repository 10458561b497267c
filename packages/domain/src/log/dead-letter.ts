import type { ActivityId } from '../activity/activity-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import { RuleBroken } from '../shared/violation.ts';
import type { OriginalRecord } from './log-record.ts';

/**
 * Why a record could not be stored:
 *  - `unreadable`  it is no event of ours;
 *  - `conflict`    its id already holds another fact;
 *  - `refused`     the store can't hold its content;
 *  - `invalid`     it broke a rule at the edge, where its sender can't be told: it never was on the log.
 */
export type DeadLetterCode = 'unreadable' | 'conflict' | 'refused' | 'invalid';

const codes: readonly DeadLetterCode[] = ['unreadable', 'conflict', 'refused', 'invalid'];

export const DeadLetterCode: {
  readonly all: readonly DeadLetterCode[];
  readonly replayable: readonly DeadLetterCode[];
  parse(raw: unknown): DeadLetterCode;
} = {
  /** Every code. */
  all: codes,
  /** Those of letters that came off the log, and can go back to it. */
  replayable: codes.filter((code) => code !== 'invalid'),
  /** Takes a code as a client or a stranger gives it; says no by `RuleBroken`. */
  parse(raw: unknown): DeadLetterCode {
    const code = codes.find((one) => one === raw);
    if (code === undefined) throw new RuleBroken(`must be one of ${codes.join(', ')}`);
    return code;
  },
};

/** What was taken off the log without being stored, or never came so far, and all that is needed to judge it again. */
export interface DeadLetter extends OriginalRecord {
  readonly code: DeadLetterCode;
  /** For a person; may name a field, never its value. */
  readonly reason: string;
  readonly diedAt: Timestamp;
  /** The id of the activity that it was to be, if that is known: an unreadable record has none. */
  readonly activityId?: ActivityId;
}

/** When the last letter of an activity died. */
export interface Death {
  readonly activityId: ActivityId;
  readonly diedAt: Timestamp;
}

/** The topic in the origin of what was refused at the edge: no log has one of this name. */
export const edgeTopic = 'http';

/**
 * The letter of a record that is too large to be kept with its bytes: it came compressed, or more was allowed once. The rest says
 * where it lies, as long as the log holds it.
 */
export function withoutBytes(letter: DeadLetter): DeadLetter {
  const size = letter.value?.length ?? 0;
  const reason = `${letter.reason}; the record is too large to keep: its value of ${size} bytes and its headers are left out`;
  return { ...letter, key: null, value: null, headers: {}, reason };
}
