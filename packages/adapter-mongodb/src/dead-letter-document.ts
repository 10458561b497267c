import {
  ActivityId,
  countedBytes,
  type DeadLetter,
  DeadLetterId,
  isOfEdge,
  listedBytes,
  type ListedLetter,
  Timestamp,
} from '@user-activity/domain';
import { Binary } from 'mongodb';
import { projectOf } from './activity-document.ts';

/** A list instead of an object, because MongoDB does not allow every header name as a field name. */
type Headers = readonly { readonly name: string; readonly value: Binary }[];

/** A dead letter in the collection `dead_letters`. */
export interface DeadLetterDocument {
  /** A `DeadLetterId`. */
  readonly _id: string;
  /** Absent in documents of versions without projects, until the migration. */
  readonly project?: string;
  readonly origin: DeadLetter['origin'];
  readonly key: Binary | null;
  readonly value: Binary | null;
  readonly headers: Headers;
  readonly code: DeadLetter['code'];
  readonly reason: string;
  readonly diedAt: Date;
  /** Absent if the id is not known. A partial index has only the documents with this field. */
  readonly activityId?: string;
  /** The size that counts for the quota of the letters of refused requests. Absent in letters from the log. */
  readonly bytes?: number;
}

/** The sizes of a letter's key, value (`size`) and headers, in bytes. */
export interface DeadLetterSizes {
  readonly _id: string;
  readonly keySize: number;
  readonly size: number;
  readonly headersSize: number;
}

/** A letter in which parts that are too large are null. */
type LeanDocument = Omit<DeadLetterDocument, 'headers' | 'bytes'> & { readonly headers: Headers | null };

/** A letter on a page, with the sizes of all its parts. */
export type ListedDocument = LeanDocument & DeadLetterSizes;

export function deadLetterDocument(letter: DeadLetter): DeadLetterDocument {
  const { project, origin, key, value, headers, code, reason, diedAt, activityId } = letter;
  return {
    _id: DeadLetterId.of(origin),
    project,
    origin,
    key: key && new Binary(key),
    value: value && new Binary(value),
    headers: Object.entries(headers).flatMap(([name, values]) =>
      values.map((bytes) => ({ name, value: new Binary(bytes) })),
    ),
    code,
    reason,
    diedAt: new Date(diedAt),
    ...(activityId === undefined ? {} : { activityId }),
    ...(isOfEdge(origin) ? { bytes: countedBytes(letter) } : {}),
  };
}

export function deadLetterFromDocument(document: LeanDocument): DeadLetter {
  const { origin, key, value, headers, code, reason, diedAt, activityId } = document;
  return {
    project: projectOf(document),
    origin,
    key: key && bytesOf(key),
    value: value && bytesOf(value),
    headers: Object.fromEntries(
      [...Map.groupBy(headers ?? [], ({ name }) => name)].map(([name, group]) => [
        name,
        group.map(({ value: header }) => bytesOf(header)),
      ]),
    ),
    code,
    reason,
    diedAt: Timestamp.trusted(diedAt.getTime()),
    ...(activityId === undefined ? {} : { activityId: ActivityId.trusted(activityId) }),
  };
}

export function listedLetterFromDocument(document: ListedDocument): ListedLetter {
  const sizes = { key: document.keySize, value: document.size, headers: document.headersSize };
  const parts = ['key', 'value', 'headers'] as const;
  return {
    ...deadLetterFromDocument(document),
    id: DeadLetterId.parse(document._id),
    size: document.size,
    omitted: parts.filter((part) => sizes[part] > listedBytes[part]),
  };
}

const bytesOf = (binary: Binary): Uint8Array => new Uint8Array(binary.value());
