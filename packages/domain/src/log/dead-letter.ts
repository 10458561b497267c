import type { ActivityId } from '../activity/activity-id.ts';
import type { ActivityKey } from '../activity/activity-key.ts';
import type { ProjectId } from '../activity/project-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import { RuleBroken } from '../shared/violation.ts';
import type { OriginalRecord } from './log-record.ts';

/**
 * Why a record could not be stored:
 *  - `unreadable`  it is not one of our events;
 *  - `conflict`    an activity with the same id but a different fact is stored already;
 *  - `refused`     the store can't hold its content;
 *  - `invalid`     the API refused it or lost a part of it, and its client ignores such errors. The log has at most the rest.
 */
export type DeadLetterCode = (typeof codes)[number];

const codes = ['unreadable', 'conflict', 'refused', 'invalid'] as const;

export const DeadLetterCode = {
  all: codes as readonly DeadLetterCode[],
  /** The codes of letters from the log, which can be replayed to it. */
  replayable: codes.filter((code) => code !== 'invalid') as readonly DeadLetterCode[],
  /** Parses a code from a client. Throws RuleBroken if it is unknown. */
  parse(raw: unknown): DeadLetterCode {
    const code = codes.find((known) => known === raw);
    if (code === undefined) throw new RuleBroken(`must be one of ${codes.join(', ')}`);
    return code;
  },
};

/** A record of the log that could not be stored, or a call that the API refused, with all its bytes. */
export interface DeadLetter extends OriginalRecord {
  /** The project that the record names, `default` without a name; `_system` if its names are invalid or contradict each other. */
  readonly project: ProjectId;
  readonly code: DeadLetterCode;
  /** The reason, for people. It may name a field, never a value. */
  readonly reason: string;
  readonly diedAt: Timestamp;
  /** The id of the activity that the record was meant to become. Absent if the record was unreadable. */
  readonly activityId?: ActivityId;
}

/** When the latest dead letter of an activity was made. */
export interface LatestLetter extends ActivityKey {
  readonly diedAt: Timestamp;
}

/** The topic in the origin of records that the edge (the API) refused. No log has a topic of this name. */
export const edgeTopic = 'http';

/**
 * Returns the letter of a record that is too large to keep, without key, value and headers. The log may hold such a record if it
 * was compressed, or if the limit was higher. The origin tells where to find the record while the log holds it.
 */
export function withoutBytes(letter: DeadLetter): DeadLetter {
  const size = letter.value?.length ?? 0;
  const reason = `${letter.reason}; the record is too large to keep: its value of ${size} bytes and its headers are left out`;
  return { ...letter, key: null, value: null, headers: {}, reason };
}
