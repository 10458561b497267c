import {
  ActivityId,
  type DeadLetter,
  DeadLetterCode,
  DeadLetterId,
  listedBytes,
  type ListedLetter,
  type Origin,
  ProjectId,
  QualifiedTopic,
  type RecordPart,
  Timestamp,
} from '@user-activity/domain';
import { headersJson, headersFromJson } from './header-json.ts';
import type { LetterRow, ListedRow, OriginRow } from '../protocol/rows.ts';

export const originRow = (origin: Origin): OriginRow => [
  QualifiedTopic.of(origin),
  origin.partition,
  origin.offset,
];

export function letterRow({ origin, key, value, headers, ...letter }: DeadLetter): LetterRow {
  const { code, reason, diedAt, activityId = null, project } = letter;
  const parts = [copyBytes(key), copyBytes(value), headersJson(headers)] as const;
  return [...originRow(origin), ...parts, code, reason, diedAt, activityId, project];
}

export function letterFromRow([
  topic,
  partition,
  offset,
  key,
  value,
  headers,
  ...fields
]: LetterRow): DeadLetter {
  const [code, reason, diedAt, activityId, project] = fields;
  return {
    project: ProjectId.trusted(project),
    origin: { ...QualifiedTopic.parts(topic), partition, offset },
    key,
    value,
    headers: headersFromJson(headers),
    code: DeadLetterCode.parse(code),
    reason,
    diedAt: Timestamp.trusted(diedAt),
    ...optionalActivityId(activityId),
  };
}

export function listedLetterFromRow([
  id,
  diedAt,
  code,
  reason,
  key,
  value,
  headers,
  ...sizes
]: ListedRow): ListedLetter {
  const parts = ['key', 'value', 'headers'] as const satisfies readonly RecordPart[];
  return {
    project: ProjectId.trusted(sizes[4]),
    id: DeadLetterId.parse(id),
    origin: DeadLetterId.originOf(DeadLetterId.parse(id)),
    key,
    value,
    headers: headers === null ? {} : headersFromJson(headers),
    code: DeadLetterCode.parse(code),
    reason,
    diedAt: Timestamp.trusted(diedAt),
    size: sizes[1],
    omitted: parts.filter((part, index) => Number(sizes[index]) > listedBytes[part]),
    ...optionalActivityId(sizes[3]),
  };
}

const optionalActivityId = (id: string | null): Pick<DeadLetter, 'activityId'> =>
  id === null ? {} : { activityId: ActivityId.trusted(id) };

/** Copies the bytes. They may be a view of a larger buffer, and the whole buffer would be sent to the thread. */
export const copyBytes = (bytes: Uint8Array | null): Uint8Array | null => bytes && Uint8Array.from(bytes);
