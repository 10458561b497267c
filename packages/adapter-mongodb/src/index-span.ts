import { ActivityKeyText, type ActivityQuery } from '@user-activity/domain';
import { type Document, MaxKey, MinKey } from 'mongodb';

/** A part of an index between two keys, as the options `min` and `max` of a query describe it. */
export interface IndexSpan {
  /** Inclusive. */
  readonly min: Document;
  /** Exclusive. */
  readonly max: Document;
}

/** A position in an index that ends with `createdAt: -1, _id: -1`. There need not be an activity. */
interface Position {
  /** Milliseconds, or an infinity. */
  readonly moment: number;
  /** Undefined means the position after all activities of the moment. */
  readonly id: string | undefined;
}

/**
 * Returns the part of an index that holds the activities of a query, or undefined if it is empty. `prefix` has the values of the fields
 * before `createdAt`. MongoDB begins to read at the first key of the span, so a page in the middle of a walk costs as much as the first
 * page. Conditions would need two queries: one for the rest of a moment, and one for all other moments.
 */
export function spanOf(query: ActivityQuery, prefix: Document): IndexSpan | undefined {
  const { filter, order, after } = query;
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = filter.createdAt;
  const [newest, oldest] = [positionBehind(to), positionBehind(from)];
  const key = after && ActivityKeyText.of({ project: filter.project, id: after.id });
  let [start, end] = [newest, oldest];
  if (after !== undefined && key !== undefined) {
    if (order === 'desc') start = later(newest, { moment: after.createdAt, id: textBelow(key) });
    else end = earlier(oldest, { moment: after.createdAt, id: key });
  }
  return isBefore(start, end) ? { min: keyAt(start, prefix), max: keyAt(end, prefix) } : undefined;
}

const positionBehind = (moment: number): Position => ({ moment, id: undefined });

const later = (a: Position, b: Position): Position => (isBefore(a, b) ? b : a);

const earlier = (a: Position, b: Position): Position => (isBefore(a, b) ? a : b);

/** Compares in the order of the index: the newest come first, then the largest ids. */
function isBefore(a: Position, b: Position): boolean {
  if (a.moment !== b.moment) return a.moment > b.moment;
  return a.id !== undefined && (b.id === undefined || a.id > b.id);
}

const keyAt = ({ moment, id }: Position, prefix: Document): Document => ({
  ...prefix,
  createdAt: Number.isFinite(moment) ? new Date(moment) : moment > 0 ? new MaxKey() : new MinKey(),
  _id: id ?? new MinKey(),
});

/**
 * Returns a text that sorts right below a key: for `abc`, `abb` and a delete character. No other key lies between, because keys have only
 * characters up to `~`. So `min`, which is inclusive, begins after the key.
 */
function textBelow(key: string): string {
  const lowered = String.fromCharCode(key.charCodeAt(key.length - 1) - 1);
  return `${key.slice(0, -1)}${lowered}\u007F`;
}
