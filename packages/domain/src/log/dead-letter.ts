import type { ActivityId } from '../activity/activity-id.ts';
import type { ActivityKey } from '../activity/activity-key.ts';
import type { ProjectId } from '../activity/project-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import { RuleBroken } from '../shared/violation.ts';
import type { OriginalRecord } from './log-record.ts';

/**
 * Why a record could not be stored:
 *  - `unreadable`  it is not one of our events;
 *  - `conflict`    another activity with the same id and different content is stored already;
 *  - `refused`     the store can't hold its content;
 *  - `invalid`     the API refused a call, or dropped a part of it, and its client ignores errors. The log has at most the rest of the call.
 */
export type DeadLetterCode = (typeof codes)[number];

const codes = ['unreadable', 'conflict', 'refused', 'invalid'] as const;

export const DeadLetterCode = {
  all: codes as readonly DeadLetterCode[],
  /** The codes of dead letters that come from the log, which can be replayed to it. */
  replayable: codes.filter((code) => code !== 'invalid') as readonly DeadLetterCode[],
  /** Parses a code from a client. Throws RuleBroken if it is unknown. */
  parse(raw: unknown): DeadLetterCode {
    const code = codes.find((known) => known === raw);
    if (code === undefined) throw new RuleBroken(`must be one of ${codes.join(', ')}`);
    return code;
  },
};

/** A record of the log that could not be stored, or a call that the API refused. It has the bytes of the record or call. */
export interface DeadLetter extends OriginalRecord {
  /** The project that the record names: `default` if it names none, and `_system` if it names an invalid one or two different ones. */
  readonly project: ProjectId;
  readonly code: DeadLetterCode;
  /** The reason, for people. It may name a field, but never contains a value. */
  readonly reason: string;
  readonly diedAt: Timestamp;
  /** The id of the activity that the record was meant to become. Absent if the record was unreadable. */
  readonly activityId?: ActivityId;
}

/** The time at which the latest dead letter of an activity was made. */
export interface LatestLetter extends ActivityKey {
  readonly diedAt: Timestamp;
}

/** The `topic` in the origin of a dead letter that comes from a call that the API (the edge) refused. No log has a topic of this name. */
export const edgeTopic = 'http';

/**
 * Returns the letter of a record that is too large to keep, without key, value and headers, and with a reason that says so. The log may
 * hold such a record if it was compressed, or if the limit was higher. The origin tells where to find the record while the log holds it.
 */
export function withoutBytes(letter: DeadLetter): DeadLetter {
  const size = letter.value?.length ?? 0;
  const reason = `${letter.reason}; the record is too large to keep: its value of ${size} bytes and its headers are left out`;
  return { ...letter, key: null, value: null, headers: {}, reason };
}
