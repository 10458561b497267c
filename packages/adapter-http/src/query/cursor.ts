import { parseJson, RuleBroken, Timestamp } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

// Version, moment, id and walk. Only version 2 has `now`. Older releases can read version 1.
const Members = Type.Union([
  Type.Tuple([Type.Literal(1), Type.Number(), Type.Unknown(), Type.Unknown()]),
  Type.Tuple([Type.Literal(2), Type.Number(), Type.Unknown(), Type.Unknown(), Type.Number()]),
]);
// The longest ids, those of dead letters, have 300 characters. JSON may need two characters for each.
const maxLength = 1024;

/** The position of an item in a list that is sorted by time and id. */
export interface Place<Id extends string> {
  readonly moment: Timestamp;
  readonly id: Id;
}

/** A keyset cursor. A client can forge a cursor with any place and time, but the page has only items that match the filter. */
export interface Cursor<Id extends string> {
  /** The place of the last item on the previous page. */
  readonly place: Place<Id>;
  /** The digest of the filter and the order. */
  readonly walk: unknown;
  /** The time of the request for the first page, if the query has relative times. */
  readonly now: Timestamp | undefined;
}

/** Encodes a cursor as text, at most 1,024 characters. */
export function cursorText({ place: { moment, id }, walk, now }: Cursor<string>): string {
  const members = now === undefined ? [1, moment, id, walk] : [2, moment, id, walk, now];
  return Buffer.from(JSON.stringify(members)).toString('base64url');
}

/** Throws RuleBroken if the text is not a cursor of this service. The caller must compare `walk`. */
export function parseCursor<Id extends string>(raw: string, parseId: (raw: unknown) => Id): Cursor<Id> {
  try {
    if (raw.length > maxLength) throw new RuleBroken('');
    const members: unknown = parseJson(Buffer.from(raw, 'base64url').toString('utf8'));
    if (!Value.Check(Members, members)) throw new RuleBroken('');
    const [, moment, id, walk] = members;
    return {
      place: { moment: Timestamp.fromMillis(moment), id: parseId(id) },
      walk,
      now: members[0] === 2 ? Timestamp.fromMillis(members[4]) : undefined,
    };
  } catch (error) {
    if (error instanceof RuleBroken || error instanceof SyntaxError)
      throw new RuleBroken('is not a cursor of this service: take the "nextCursor" of a page as it is');
    throw error;
  }
}
