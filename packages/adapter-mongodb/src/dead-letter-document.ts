import {
  ActivityId,
  countedBytes,
  type DeadLetter,
  DeadLetterId,
  isOfEdge,
  listedBytes,
  type ListedLetter,
  type RawRecord,
  Timestamp,
} from '@user-activity/domain';
import { Binary } from 'mongodb';

/** A list, because a header may have any name, and a field may not. */
type Headers = readonly { readonly name: string; readonly value: Binary }[];

/** A dead letter in the collection `dead_letters`. */
export interface DeadLetterDocument {
  /** `topic:partition:offset` */
  readonly _id: string;
  readonly origin: DeadLetter['origin'];
  readonly key: Binary | null;
  readonly value: Binary | null;
  readonly headers: Headers;
  readonly code: DeadLetter['code'];
  readonly reason: string;
  readonly diedAt: Date;
  /** Absent if it is unknown, because its index is partial. */
  readonly activityId?: string;
  /** How much the letter counts for the quota of the edge; absent in letters from the log. */
  readonly bytes?: number;
}

/** The sizes of a letter's parts in bytes. */
export interface DeadLetterSizes {
  readonly _id: string;
  readonly keySize: number;
  readonly size: number;
  readonly headersSize: number;
}

/** A letter without its parts that are too large; these are null. */
type LeanDocument = Omit<DeadLetterDocument, 'headers' | 'bytes'> & { readonly headers: Headers | null };

/** A letter as a page lists it. */
export type ListedDocument = LeanDocument & DeadLetterSizes;

/** Converts a letter to its document. */
export function deadLetterDocument(letter: DeadLetter): DeadLetterDocument {
  const { origin, key, value, headers, code, reason, diedAt, activityId } = letter;
  return {
    _id: DeadLetterId.of(origin),
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

/** Converts a document to its letter. */
export function deadLetterOf(document: LeanDocument): DeadLetter {
  const { origin, key, value, headers, code, reason, diedAt, activityId } = document;
  return {
    origin,
    key: key && bytesOf(key),
    value: value && bytesOf(value),
    headers: headersOf(headers ?? []),
    code,
    reason,
    diedAt: Timestamp.trusted(diedAt.getTime()),
    ...(activityId === undefined ? {} : { activityId: ActivityId.trusted(activityId) }),
  };
}

/** Converts a listed document to its letter. */
export function listedLetter(document: ListedDocument): ListedLetter {
  const sizes = { key: document.keySize, value: document.size, headers: document.headersSize };
  const parts = ['key', 'value', 'headers'] as const;
  return {
    ...deadLetterOf(document),
    id: DeadLetterId.parse(document._id),
    size: document.size,
    omitted: parts.filter((part) => sizes[part] > listedBytes[part]),
  };
}

const bytesOf = (binary: Binary): Uint8Array => new Uint8Array(binary.value());

function headersOf(list: Headers): RawRecord['headers'] {
  const headers = new Map<string, Uint8Array[]>();
  for (const { name, value } of list) {
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [bytesOf(value)]);
    else values.push(bytesOf(value));
  }
  return Object.fromEntries(headers);
}
