import {
  ActivityId,
  type DeadLetter,
  DeadLetterCode,
  DeadLetterId,
  listedBytes,
  type ListedLetter,
  type RecordPart,
  Timestamp,
} from '@user-activity/domain';
import { headersJson, headersOf } from './header-json.ts';
import type { LetterRow, ListedRow } from '../protocol/rows.ts';

/** Returns the row of a dead letter. */
export function letterRow({ origin, ...letter }: DeadLetter): LetterRow {
  const { key, value, headers, code, reason, diedAt, activityId = null } = letter;
  const { topic, partition, offset } = origin;
  return [
    topic,
    partition,
    offset,
    ownBytes(key),
    ownBytes(value),
    headersJson(headers),
    code,
    reason,
    diedAt,
    activityId,
  ];
}

/** Returns the dead letter of a row. */
export function letterOf([
  topic,
  partition,
  offset,
  key,
  value,
  headers,
  code,
  reason,
  diedAt,
  activityId,
]: LetterRow): DeadLetter {
  return {
    origin: { topic, partition, offset },
    key,
    value,
    headers: headersOf(headers),
    code: DeadLetterCode.parse(code),
    reason,
    diedAt: Timestamp.trusted(diedAt),
    ...activityIn(activityId),
  };
}

/** Returns the listed dead letter of a row. */
export function listedOf([id, diedAt, code, reason, key, value, headers, ...sizes]: ListedRow): ListedLetter {
  const parts = ['key', 'value', 'headers'] as const satisfies readonly RecordPart[];
  return {
    id: DeadLetterId.parse(id),
    origin: DeadLetterId.originOf(DeadLetterId.parse(id)),
    key,
    value,
    headers: headers === null ? {} : headersOf(headers),
    code: DeadLetterCode.parse(code),
    reason,
    diedAt: Timestamp.trusted(diedAt),
    size: sizes[1],
    omitted: parts.filter((part, index) => Number(sizes[index]) > listedBytes[part]),
    ...activityIn(sizes[3]),
  };
}

const activityIn = (id: string | null): Pick<DeadLetter, 'activityId'> =>
  id === null ? {} : { activityId: ActivityId.trusted(id) };

/** Copies the bytes: with a view, the whole buffer behind it would be sent to the thread. */
export const ownBytes = (bytes: Uint8Array | null): Uint8Array | null => bytes && Uint8Array.from(bytes);
