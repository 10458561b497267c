import { createHash } from 'node:crypto';
import {
  ActivityId,
  type ActivityQuery,
  type Position,
  parseJson,
  RuleBroken,
  Timestamp,
  type UserActivity,
} from '@user-activity/domain';

const version = 1;

type Walk = Pick<ActivityQuery, 'filter' | 'order'>;

/**
 * A keyset cursor: the last activity of a page, and a digest of the walk that it belongs to. Opaque to clients, who could
 * make one of any place; they would see no more than the filter lets through.
 */
export function cursorAfter({ createdAt, id }: UserActivity, walk: Walk): string {
  return Buffer.from(JSON.stringify([version, createdAt, id, digestOf(walk)])).toString('base64url');
}

/** The place that the cursor names. Says no by `RuleBroken`: not a cursor of ours, or of another filter or order. */
export function parseCursor(raw: string, walk: Walk): Position {
  const position = positionIn(raw);
  if (position.walk !== digestOf(walk)) throw new RuleBroken('belongs to another filter or order');
  return position.place;
}

function positionIn(raw: string): { readonly place: Position; readonly walk: unknown } {
  try {
    const members: unknown = parseJson(Buffer.from(raw, 'base64url').toString('utf8'));
    if (!isList(members) || members.length !== 4) throw new RuleBroken('');
    const [madeBy, createdAt, id, walk] = members;
    if (madeBy !== version) throw new RuleBroken('');
    if (typeof createdAt !== 'number') throw new RuleBroken('');
    return { place: { createdAt: Timestamp.fromMillis(createdAt), id: ActivityId.parse(id) }, walk };
  } catch (error) {
    if (error instanceof RuleBroken || error instanceof SyntaxError)
      throw new RuleBroken('is not a cursor of this service');
    throw error;
  }
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** The same for the same question, in whatever order its values were given. */
function digestOf({ filter, order }: Walk): string {
  const { userIds, types, createdAt } = filter;
  const sorted = (values: readonly string[]): readonly string[] =>
    [...new Set(values)].toSorted(compareCodeUnits);
  const question = [sorted(userIds), sorted(types), createdAt.from ?? null, createdAt.to ?? null, order];
  return createHash('sha256').update(JSON.stringify(question)).digest('base64url').slice(0, 22);
}

function compareCodeUnits(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
