import type { ProjectId } from '../activity/project-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import type { DeadLetter, DeadLetterCode } from '../log/dead-letter.ts';
import type { DeadLetterId } from '../log/dead-letter-id.ts';
import { utf8Bytes } from '../shared/json-bytes.ts';
import { pageLength } from './page-end.ts';
import { PageQuery } from './page-query.ts';
import { TimeRange } from './time-range.ts';

/** A position in a walk over pages of dead letters: right after the dead letter with this time and id. */
export interface DeadLetterPosition {
  readonly diedAt: Timestamp;
  readonly id: DeadLetterId;
}

/** Selects dead letters. A letter must match every part: the project, one of the codes (any code if there are none), and the time. */
export interface DeadLetterFilter {
  readonly project: ProjectId;
  readonly codes: readonly DeadLetterCode[];
  readonly diedAt: TimeRange;
}

export const DeadLetterFilter: {
  of(parts: Pick<DeadLetterFilter, 'project'> & Partial<DeadLetterFilter>): DeadLetterFilter;
} = {
  /** Makes a filter for the dead letters of a project. An absent part matches everything. */
  of: ({ project, codes = [], diedAt = TimeRange.between(undefined, undefined) }) => ({
    project,
    codes,
    diedAt,
  }),
};

/** Asks for one page of a walk over the dead letters that match a filter. `DeadLetterQuery.of` makes it and checks its limit. */
export type DeadLetterQuery = PageQuery<DeadLetterFilter, DeadLetterPosition>;
export const DeadLetterQuery: { readonly of: typeof PageQuery.of<DeadLetterFilter, DeadLetterPosition> } =
  PageQuery;

/** A part of a record that can be too large to be listed. */
export type RecordPart = 'key' | 'value' | 'headers';

/** A dead letter in a page. Parts that are too large are left out. */
export interface ListedLetter extends DeadLetter {
  readonly id: DeadLetterId;
  /** The size of the value in bytes, even if it is left out; 0 if there is none. */
  readonly size: number;
  /** The parts that are left out: the key or value is then null, and the headers are empty. */
  readonly omitted: readonly RecordPart[];
}

/** A page of dead letters. */
export interface DeadLetterPage {
  readonly letters: readonly ListedLetter[];
  /** Whether at least one more letter follows. */
  readonly hasMore: boolean;
}

export const DeadLetterPage: { of(found: readonly ListedLetter[], limit: number): DeadLetterPage } = {
  /** Makes a page from the beginning of `found`, as `ActivityPage.of` does. */
  of(found, limit) {
    const length = pageLength(found, limit, jsonBytesOf);
    return { letters: found.slice(0, length), hasMore: length < found.length };
  },
};

/** Returns an upper bound of the size of the letter's JSON in bytes. Base64 and escapes at most double the size. */
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
 * The maximum size in bytes of each part of a listed letter. Larger parts are left out, which limits the size of a page. Every key that the
 * service writes fits, and every activity whose metadata is within the default limit. The size of headers is that in the store, which may be
 * up to 50% larger than the headers.
 */
export const listedBytes: Readonly<Record<RecordPart, number>> = {
  key: 1024,
  value: 64 * 1024,
  headers: 8 * 1024,
};
