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

/** A list, as the name of a header may be anything. */
type Headers = readonly { readonly name: string; readonly value: Binary }[];

/** A dead letter in the collection `dead_letters`. */
export interface LetterDocument {
  /** `topic:partition:offset` */
  readonly _id: string;
  readonly origin: DeadLetter['origin'];
  readonly key: Binary | null;
  readonly value: Binary | null;
  readonly headers: Headers;
  readonly code: DeadLetter['code'];
  readonly reason: string;
  readonly diedAt: Date;
  /** Left out where it is not known: the index of them is partial. */
  readonly activityId?: string;
  /** How much the letter counts for the quota; of letters of the edge alone. */
  readonly bytes?: number;
}

/** How large the parts of a letter are, in bytes. */
export interface LetterSizes {
  readonly _id: string;
  readonly keySize: number;
  readonly size: number;
  readonly headersSize: number;
}

/** A letter as a page shows it: parts that are too large are null. */
export type ListedDocument = Omit<LetterDocument, 'headers' | 'bytes'> &
  LetterSizes & { readonly headers: Headers | null };

export function letterDocument(letter: DeadLetter): LetterDocument {
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

/** The letter that was stored. */
export function letterOf({
  origin,
  key,
  value,
  headers,
  code,
  reason,
  diedAt,
  activityId,
}: Omit<LetterDocument, 'headers' | 'bytes'> & { readonly headers: Headers | null }): DeadLetter {
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

/** The letter as a page shows it. */
export function listedOf(document: ListedDocument): ListedLetter {
  const sizes = { key: document.keySize, value: document.size, headers: document.headersSize };
  const parts = ['key', 'value', 'headers'] as const;
  return {
    ...letterOf(document),
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
