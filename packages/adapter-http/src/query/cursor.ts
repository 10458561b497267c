import { createHash } from 'node:crypto';
import { parseJson, RuleBroken, Timestamp } from '@user-activity/domain';

// Version 1 has no `now`: it is of a walk without relative times, and what older releases make and take.
const versions: ReadonlyMap<unknown, number> = new Map([
  [1, 4],
  [2, 5],
]);
// An id of a dead letter has up to 300 characters, one of an activity 128, each of which may take two as JSON.
const maxLength = 1024;

/** The last item of a page: a time, and the id of the item at that time. */
export interface Place<Id extends string> {
  readonly moment: Timestamp;
  readonly id: Id;
}

/**
 * A keyset cursor: the last item of a page, and the walk that it belongs to. Opaque to clients, who could make one of any
 * place and any time; they would see no more than the filter lets through.
 */
export interface Cursor<Id extends string> {
  readonly place: Place<Id>;
  /** The digest of the walk, see `digestOf`. */
  readonly walk: unknown;
  /** The time of the walk's first page, if a relative time of its query counts from it. */
  readonly now: Timestamp | undefined;
}

/** The text of a cursor, at most 1,024 characters. */
export function cursorText({ place: { moment, id }, walk, now }: Cursor<string>): string {
  const members = now === undefined ? [1, moment, id, walk] : [2, moment, id, walk, now];
  return Buffer.from(JSON.stringify(members)).toString('base64url');
}

/** Reads the text of a cursor. Throws RuleBroken if it is none of ours; the caller compares the walk. */
export function parseCursor<Id extends string>(raw: string, parseId: (raw: unknown) => Id): Cursor<Id> {
  try {
    if (raw.length > maxLength) throw new RuleBroken('');
    const members: unknown = parseJson(Buffer.from(raw, 'base64url').toString('utf8'));
    if (!isList(members) || members.length !== versions.get(members[0])) throw new RuleBroken('');
    const [, moment, id, walk, ...times] = members;
    const [now] = times.map(momentOf);
    return { place: { moment: momentOf(moment), id: parseId(id) }, walk, now };
  } catch (error) {
    if (error instanceof RuleBroken || error instanceof SyntaxError)
      throw new RuleBroken('is not a cursor of this service: take the "nextCursor" of a page as it is');
    throw error;
  }
}

function momentOf(raw: unknown): Timestamp {
  if (typeof raw !== 'number') throw new RuleBroken('');
  return Timestamp.fromMillis(raw);
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** A digest of a question: the same for the same one, in whatever order the values of a list were given. */
export function digestOf(
  question: readonly (string | number | readonly string[] | null | undefined)[],
): string {
  const canonical = question.map((part) =>
    Array.isArray(part) ? [...new Set<unknown>(part)].map(String).toSorted(compareCodeUnits) : (part ?? null),
  );
  return createHash('sha256').update(JSON.stringify(canonical)).digest('base64url').slice(0, 22);
}

function compareCodeUnits(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
