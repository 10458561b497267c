import type { DeadLetter } from '@user-activity/domain';
import { Binary } from 'mongodb';

/** A dead letter in the collection `dead_letters`. */
export interface LetterDocument {
  /** `topic:partition:offset` */
  readonly _id: string;
  readonly origin: DeadLetter['origin'];
  readonly key: Binary | null;
  readonly value: Binary | null;
  /** A list, as the name of a header may be anything. */
  readonly headers: readonly { readonly name: string; readonly value: Binary }[];
  readonly code: DeadLetter['code'];
  readonly reason: string;
  readonly diedAt: Date;
}

export function letterDocument({
  origin,
  key,
  value,
  headers,
  code,
  reason,
  diedAt,
}: DeadLetter): LetterDocument {
  return {
    _id: `${origin.topic}:${origin.partition}:${origin.offset}`,
    origin,
    key: key && new Binary(key),
    value: value && new Binary(value),
    headers: Object.entries(headers).flatMap(([name, values]) =>
      values.map((bytes) => ({ name, value: new Binary(bytes) })),
    ),
    code,
    reason,
    diedAt: new Date(diedAt),
  };
}
