import type { ActivityId } from '../activity/activity-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import { RuleBroken } from '../shared/violation.ts';
import type { OriginalRecord } from './log-record.ts';

/**
 * Why a record could not be stored:
 *  - `unreadable`  it is not one of our events;
 *  - `conflict`    an activity with the same id but a different fact is stored already;
 *  - `refused`     the store can't hold its content;
 *  - `invalid`     the API could not take it whole, and could not tell its sender so: it is not on the log, or not all of it.
 */
export type DeadLetterCode = (typeof codes)[number];

const codes = ['unreadable', 'conflict', 'refused', 'invalid'] as const;

export const DeadLetterCode: {
  readonly all: readonly DeadLetterCode[];
  readonly replayable: readonly DeadLetterCode[];
  parse(raw: unknown): DeadLetterCode;
} = {
  /** Every code. */
  all: codes,
  /** The codes of letters from the log, which can be replayed to it. */
  replayable: codes.filter((code) => code !== 'invalid'),
  /** Parses a code from a client. Throws RuleBroken if it is unknown. */
  parse(raw: unknown): DeadLetterCode {
    const code = codes.find((known) => known === raw);
    if (code === undefined) throw new RuleBroken(`must be one of ${codes.join(', ')}`);
    return code;
  },
};

/** A record that was taken off the log without being stored, or refused at the edge, with everything needed to try it again. */
export interface DeadLetter extends OriginalRecord {
  readonly code: DeadLetterCode;
  /** The reason, for people. It may name a field, never a value. */
  readonly reason: string;
  readonly diedAt: Timestamp;
  /** The id of the activity this record should have become; absent if the record was unreadable. */
  readonly activityId?: ActivityId;
}

/** When the latest dead letter of an activity was made. */
export interface LatestLetter {
  readonly activityId: ActivityId;
  readonly diedAt: Timestamp;
}

/** The topic in the origin of records refused at the edge, which is the API. No log has a topic of this name. */
export const edgeTopic = 'http';

/**
 * Returns the letter without key, value and headers, for a record too large to keep: it was compressed, or an earlier limit was
 * higher. Its origin tells where to find the record, as long as the log holds it.
 */
export function withoutBytes(letter: DeadLetter): DeadLetter {
  const size = letter.value?.length ?? 0;
  const reason = `${letter.reason}; the record is too large to keep: its value of ${size} bytes and its headers are left out`;
  return { ...letter, key: null, value: null, headers: {}, reason };
}
