import { parseJson, RuleBroken, Timestamp } from '@user-activity/domain';

/** The number of members by version. Version 1 has no `now`: its walk has no relative times, and older releases read it too. */
const versions: ReadonlyMap<unknown, number> = new Map([
  [1, 4],
  [2, 5],
]);
// Ids of dead letters have up to 300 characters, those of activities 128, and JSON may double each.
const maxLength = 1024;

/** The last item of a page: a time, and the id of the item at that time. */
export interface Place<Id extends string> {
  readonly moment: Timestamp;
  readonly id: Id;
}

/** A keyset cursor. Clients can forge one with any place and time, but see only what matches their filter. */
export interface Cursor<Id extends string> {
  readonly place: Place<Id>;
  /** The digest of the filter and the order. */
  readonly walk: unknown;
  /** The time of the walk's first page, if a relative time of its query counts from it. */
  readonly now: Timestamp | undefined;
}

/** Encodes a cursor as text, at most 1,024 characters. */
export function cursorText({ place: { moment, id }, walk, now }: Cursor<string>): string {
  const members = now === undefined ? [1, moment, id, walk] : [2, moment, id, walk, now];
  return Buffer.from(JSON.stringify(members)).toString('base64url');
}

/** Decodes the text of a cursor. Throws RuleBroken if this service did not make it. The caller compares the walk. */
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
