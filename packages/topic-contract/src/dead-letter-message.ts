import {
  ActivityId,
  type DeadLetter,
  DeadLetterCode,
  LogId,
  type Origin,
  ProjectId,
  type RawRecord,
  Timestamp,
  unlessBroken,
} from '@user-activity/domain';
import { textOf } from './text-of.ts';

const prefix = 'user-activity-dead-letter-';
// The dead record itself may have headers with such names, for instance if it was a dead letter already. Those names get the prefix `original-`.
const conflictingName = /^(?:original-)*user-activity-dead-letter-/;
const originalPrefix = /^original-(?=(?:original-)*user-activity-dead-letter-)/;
const codes: readonly string[] = DeadLetterCode.all;
const utf8 = new TextEncoder();

/**
 * Makes the record of a dead letter for the topic `<topic>.dead-letters`. It has the letter's key, value and headers byte for byte, and the
 * additional headers `user-activity-dead-letter-code`, `-reason`, `-topic`, `-partition`, `-offset` and `-died-at` (RFC 3339), `-activity-id`
 * if the activity is known, `-project` unless it is `default`, and `-log` unless the record is on the first log of its topic. If the letter
 * itself has a header with such a name, that header gets the prefix `original-`.
 */
export function deadLetterMessage(letter: DeadLetter): RawRecord {
  const { project, origin, key, value, headers, code, reason, diedAt, activityId } = letter;
  const originalHeaders = Object.entries(headers).map(
    ([name, values]) => [conflictingName.test(name) ? `original-${name}` : name, values] as const,
  );
  const details = {
    ...(project === ProjectId.default ? {} : { project }),
    code,
    reason,
    topic: origin.topic,
    ...(origin.log === undefined ? {} : { log: origin.log }),
    partition: String(origin.partition),
    offset: String(origin.offset),
    'died-at': Timestamp.toISO(diedAt),
    ...(activityId === undefined ? {} : { 'activity-id': activityId }),
  };
  const addedHeaders = Object.entries(details).map(
    ([name, text]) => [`${prefix}${name}`, [utf8.encode(text)]] as const,
  );
  return { key, value, headers: Object.fromEntries([...originalHeaders, ...addedHeaders]) };
}

/** Reads the dead letter from a record of `<topic>.dead-letters`. Returns undefined if the record is not a dead letter of this service. */
export function readDeadLetter({ key, value, headers }: RawRecord): DeadLetter | undefined {
  const bytesOf = (name: string): Uint8Array | undefined => headers[`${prefix}${name}`]?.at(-1);
  const detail = (name: string): string | undefined => textOf(bytesOf(name));
  const [code, reason, topic, diedAt] = [
    detail('code'),
    detail('reason'),
    detail('topic'),
    detail('died-at'),
  ];
  const [partition, offset] = [wholeNumber(detail('partition')), wholeNumber(detail('offset'))];
  if (!isCode(code) || reason === undefined || topic === undefined || diedAt === undefined) return undefined;
  if (partition === undefined || offset === undefined || Number.isNaN(Date.parse(diedAt))) return undefined;
  const log = logIn(bytesOf('log'));
  if (log === undefined) return undefined;
  return {
    project: projectOf(bytesOf('project')),
    origin: { topic, ...log, partition, offset },
    key,
    value,
    headers: Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => !name.startsWith(prefix))
        .map(([name, values]) => [name.replace(originalPrefix, ''), values]),
    ),
    code,
    reason,
    diedAt: Timestamp.fromMillis(Date.parse(diedAt)),
    ...activityIn(detail('activity-id')),
  };
}

const isCode = (code: string | undefined): code is DeadLetterCode =>
  code !== undefined && codes.includes(code);

/** Returns the project that the header names: `default` without a header, which older letters lack, and `_system` for an invalid name. */
function projectOf(name: Uint8Array | undefined): ProjectId {
  if (name === undefined) return ProjectId.default;
  return unlessBroken(() => ProjectId.parseReadable(textOf(name))) ?? ProjectId.system;
}

/** Returns the log id in the header. Without a header, returns no id, which means the topic's first log. Returns undefined for an invalid id. */
function logIn(bytes: Uint8Array | undefined): Pick<Origin, 'log'> | undefined {
  if (bytes === undefined) return {};
  return unlessBroken(() => ({ log: LogId.parse(textOf(bytes) ?? '') }));
}

/** Returns the activity's id in the header, or no id if the header is missing, as in older letters, or invalid. */
function activityIn(text: string | undefined): Pick<DeadLetter, 'activityId'> {
  const activityId = unlessBroken(() => ActivityId.parse(text));
  return activityId === undefined ? {} : { activityId };
}

/** Parses a whole number. Returns undefined if the text is not one, or is beyond 2^53 - 1. */
function wholeNumber(text: string | undefined): number | undefined {
  const number = text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}
