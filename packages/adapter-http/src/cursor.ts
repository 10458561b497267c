import { createHash } from 'node:crypto';
import { parseJson, RuleBroken, Timestamp } from '@user-activity/domain';

const version = 1;
// An id of a dead letter has up to 300 characters, one of an activity 128, each of which may take two as JSON.
const maxLength = 1024;

/** The last item of a page: a time, and the id of the item at that time. */
interface Place<Id extends string> {
  readonly moment: Timestamp;
  readonly id: Id;
}

/**
 * A keyset cursor: the last item of a page, and a digest of the walk that it belongs to. Opaque to clients, who could
 * make one of any place; they would see no more than the filter lets through.
 */
export function cursorAfter({ moment, id }: Place<string>, walk: string): string {
  return Buffer.from(JSON.stringify([version, moment, id, walk])).toString('base64url');
}

/** The place that the cursor names. Says no by `RuleBroken`: not a cursor of ours, or of another filter or order. */
export function parseCursor<Id extends string>(
  raw: string,
  walk: string,
  parseId: (raw: unknown) => Id,
): Place<Id> {
  const position = positionIn(raw, parseId);
  if (position.walk !== walk) throw new RuleBroken('belongs to another filter or order');
  return position.place;
}

function positionIn<Id extends string>(
  raw: string,
  parseId: (raw: unknown) => Id,
): { readonly place: Place<Id>; readonly walk: unknown } {
  try {
    if (raw.length > maxLength) throw new RuleBroken('');
    const members: unknown = parseJson(Buffer.from(raw, 'base64url').toString('utf8'));
    if (!isList(members) || members.length !== 4) throw new RuleBroken('');
    const [madeBy, moment, id, walk] = members;
    if (madeBy !== version) throw new RuleBroken('');
    if (typeof moment !== 'number') throw new RuleBroken('');
    return { place: { moment: Timestamp.fromMillis(moment), id: parseId(id) }, walk };
  } catch (error) {
    if (error instanceof RuleBroken || error instanceof SyntaxError)
      throw new RuleBroken('is not a cursor of this service');
    throw error;
  }
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
