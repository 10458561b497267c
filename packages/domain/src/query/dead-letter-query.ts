import type { Timestamp } from '../activity/timestamp.ts';
import { type DeadLetter, DeadLetterCode } from '../log/dead-letter.ts';
import type { DeadLetterId } from '../log/dead-letter-id.ts';
import { utf8Bytes } from '../shared/json-bytes.ts';
import { pageLength } from './page-end.ts';
import { type Order, ParameterReader, type QueryParameters } from './parameter-reader.ts';
import type { TimeRange } from './time-range.ts';
import { TimeZone } from './time-zone.ts';

/** A place between two dead letters: right after the named one, in the order of the walk. */
export interface DeadLetterPosition {
  readonly diedAt: Timestamp;
  readonly id: DeadLetterId;
}

/** Which dead letters are asked for. The codes are OR, none of them does not bind. */
export interface DeadLetterFilter {
  readonly codes: readonly DeadLetterCode[];
  readonly diedAt: TimeRange;
}

/** One page of a walk over the dead letters that a filter lets through. */
export interface DeadLetterQuery {
  readonly filter: DeadLetterFilter;
  readonly order: Order;
  /** The most letters of the page, 1-500. */
  readonly limit: number;
  /** Where the page begins; undefined is the beginning of the walk. */
  readonly after: DeadLetterPosition | undefined;
}

/** A part of a record that can be too large to be listed. */
export type RecordPart = 'key' | 'value' | 'headers';

/** A dead letter as a page shows it: without those of its bytes that are too many to be shown. */
export interface ListedLetter extends DeadLetter {
  readonly id: DeadLetterId;
  /** The bytes of the value, also where it is left out; 0 where there is none. */
  readonly size: number;
  /** What was left out: a key or a value is null then, and of headers there are none. */
  readonly omitted: readonly RecordPart[];
}

/** What a page shows. */
export interface DeadLetterPage {
  readonly letters: readonly ListedLetter[];
  /** Whether at least one more follows. */
  readonly hasMore: boolean;
}

export const DeadLetterPage: { of(found: readonly ListedLetter[], limit: number): DeadLetterPage } = {
  /** The page that begins with what was found, as `ActivityPage.of` makes it. */
  of(found, limit) {
    const length = pageLength(found, limit, jsonBytesOf);
    return { letters: found.slice(0, length), hasMore: length < found.length };
  },
};

/** At most what the letter takes as JSON: base64 and escapes double its bytes at most. */
function jsonBytesOf({ key, value, headers, reason }: ListedLetter): number {
  const bytes = Object.entries(headers).flatMap(([name, values]) => [
    utf8Bytes(name),
    ...values.map(({ length }) => length + perItem),
  ]);
  const parts = bytes.reduce((sum, size) => sum + size, 0) + (key?.length ?? 0) + (value?.length ?? 0);
  return 2 * (parts + utf8Bytes(reason)) + perLetter;
}

const perItem = 32;
const perLetter = 1024;

/**
 * The most bytes of each part that a page shows, so that a page of 500 is bounded too. Every key of the service's own fits, and
 * every value whose metadata keeps the default limit. Headers count as the store keeps them, up to half as much again.
 */
export const listedBytes: Readonly<Record<RecordPart, number>> = {
  key: 1024,
  value: 64 * 1024,
  headers: 8 * 1024,
};

const known = ['code', 'from', 'to', 'order', 'limit', 'cursor'];

export const DeadLetterQuery = {
  /**
   * Reads `code` (repeatable), `from`, `to` (of diedAt), `order` and `limit`, as `ActivityQuery` does.
   * Throws INVALID_QUERY with every violation, by `/name`.
   */
  parse(parameters: QueryParameters, now: Timestamp): Omit<DeadLetterQuery, 'after'> {
    const reader = new ParameterReader(parameters, known);
    const filter = {
      diedAt: reader.timeRange({ now, timeZone: TimeZone.utc }),
      codes: reader.many('code', (raw) => DeadLetterCode.parse(raw)),
    };
    const query = { filter, ...reader.page() };
    reader.assertSound();
    return query;
  },
};
