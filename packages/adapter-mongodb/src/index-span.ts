import { ActivityKeyText, type ActivityQuery } from '@user-activity/domain';
import { type Document, MaxKey, MinKey } from 'mongodb';

/** The part of an index between two keys. `min` and `max` are options of a MongoDB query. */
export interface IndexSpan {
  /** Inclusive. */
  readonly min: Document;
  /** Exclusive. */
  readonly max: Document;
}

/** A position in an index that ends with `createdAt: -1, _id: -1`. There may be no activity at the position. */
interface Position {
  /** Milliseconds since 1970, or an infinity. */
  readonly time: number;
  /** Undefined for the position after all activities with this time. */
  readonly id: string | undefined;
}

/**
 * Returns the part of an index that holds the activities of a query, or undefined if it is empty. `prefix` has the values of the fields
 * before `createdAt`. MongoDB starts to read at the first key of the span, so every page costs as much as the first one. With conditions
 * instead of a span, a later page would need two queries: one for the activities at the time of the last one, and one for all others.
 */
export function indexSpanOf(query: ActivityQuery, prefix: Document): IndexSpan | undefined {
  const { filter, order, after } = query;
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = filter.createdAt;
  const [newest, oldest] = [positionAfterAll(to), positionAfterAll(from)];
  const key = after && ActivityKeyText.of({ project: filter.project, id: after.id });
  let [start, end] = [newest, oldest];
  if (after !== undefined && key !== undefined) {
    if (order === 'desc') start = later(newest, { time: after.createdAt, id: textBelow(key) });
    else end = earlier(oldest, { time: after.createdAt, id: key });
  }
  return isBefore(start, end) ? { min: keyAt(start, prefix), max: keyAt(end, prefix) } : undefined;
}

const positionAfterAll = (time: number): Position => ({ time, id: undefined });

const later = (a: Position, b: Position): Position => (isBefore(a, b) ? b : a);

const earlier = (a: Position, b: Position): Position => (isBefore(a, b) ? a : b);

/** Compares two positions in the order of the index: later times come first, and at the same time larger ids. */
function isBefore(a: Position, b: Position): boolean {
  if (a.time !== b.time) return a.time > b.time;
  return a.id !== undefined && (b.id === undefined || a.id > b.id);
}

const keyAt = ({ time, id }: Position, prefix: Document): Document => ({
  ...prefix,
  createdAt: Number.isFinite(time) ? new Date(time) : time > 0 ? new MaxKey() : new MinKey(),
  _id: id ?? new MinKey(),
});

/**
 * Returns a text that sorts directly below a key: for `abc`, it is `abb` and a delete character. No key sorts between the two, because
 * keys have only characters up to `~`. The span needs it to exclude the key, because `min` is inclusive.
 */
function textBelow(key: string): string {
  const lowered = String.fromCharCode(key.charCodeAt(key.length - 1) - 1);
  return `${key.slice(0, -1)}${lowered}\u007F`;
}
