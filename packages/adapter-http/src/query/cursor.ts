import { parseJson, RuleBroken, Timestamp } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

// The version, the time and the id of the position, and the query digest. Version 2 also has `now`. Older releases read only version 1.
const CursorMembers = Type.Union([
  Type.Tuple([Type.Literal(1), Type.Number(), Type.Unknown(), Type.Unknown()]),
  Type.Tuple([Type.Literal(2), Type.Number(), Type.Unknown(), Type.Unknown(), Type.Number()]),
]);
// In characters. The longest ids, those of dead letters, have 300, and JSON may need two characters for each.
const maxCursorLength = 1024;

/** The position of an item in a list that is sorted by time and id. */
export interface ListPosition<Id extends string> {
  readonly moment: Timestamp;
  readonly id: Id;
}

/** A keyset cursor. A client can forge any position and time, but still gets only items that match the filter. */
export interface Cursor<Id extends string> {
  /** The position of the last item on the previous page. */
  readonly position: ListPosition<Id>;
  /** The digest of the filter and the order. */
  readonly queryDigest: unknown;
  /** The time of the request for the first page, if the query has relative times. */
  readonly now: Timestamp | undefined;
}

/** Encodes a cursor as text, at most 1,024 characters. */
export function encodeCursor({ position: { moment, id }, queryDigest, now }: Cursor<string>): string {
  const members = now === undefined ? [1, moment, id, queryDigest] : [2, moment, id, queryDigest, now];
  return Buffer.from(JSON.stringify(members)).toString('base64url');
}

/** Throws RuleBroken if the text is not a cursor of this service. The caller must compare `queryDigest` with the query. */
export function parseCursor<Id extends string>(raw: string, parseId: (raw: unknown) => Id): Cursor<Id> {
  try {
    if (raw.length > maxCursorLength) throw new RuleBroken('');
    const members: unknown = parseJson(Buffer.from(raw, 'base64url').toString('utf8'));
    if (!Value.Check(CursorMembers, members)) throw new RuleBroken('');
    const [, moment, id, queryDigest] = members;
    return {
      position: { moment: Timestamp.fromMillis(moment), id: parseId(id) },
      queryDigest,
      now: members[0] === 2 ? Timestamp.fromMillis(members[4]) : undefined,
    };
  } catch (error) {
    if (error instanceof RuleBroken || error instanceof SyntaxError)
      throw new RuleBroken('is not a cursor of this service: send the "nextCursor" of a page unchanged');
    throw error;
  }
}
