import { RuleBroken } from '@user-activity/domain';
import { brokenBody, isTooDeep, mendedJsonIn } from '../bodies/json-body.ts';
import { isObjectText, membersNamed } from '../bodies/json-elements.ts';
import { valueBytes } from '../bodies/json-bytes.ts';
import { type Members, UnreadValue } from '../bodies/members.ts';
import { maxItemBytes } from '../requests/input-limits.ts';
import { Problem } from '../requests/problem.ts';

const memberNames = [
  'type',
  'messageId',
  'userId',
  'anonymousId',
  'event',
  'name',
  'category',
  'groupId',
  'previousId',
  'timestamp',
  'originalTimestamp',
  'sentAt',
  'traits',
  'properties',
  'context',
] as const;

/** Counts bytes that values take in memory. Throws if the process may not hold them. */
type Count = (bytes: number) => void;

/** Whether a call is too large or too deep to be parsed as a whole. */
const isTooMuch = (json: Buffer): boolean => json.length > maxItemBytes || isTooDeep(json);

export async function callIn(body: Buffer, count: Count): Promise<unknown> {
  try {
    const byMembers = isTooMuch(body) ? await callByMembers(body, count) : undefined;
    if (byMembers !== undefined) return byMembers;
    count(valueBytes(body));
    const call = mendedJsonIn(body);
    if (call === null) throw new Problem(400, 'A JSON body is required.');
    return call;
  } catch (error) {
    throw error instanceof RuleBroken ? brokenBody(error, body) : error;
  }
}

/**
 * Reads a call that is too large to be parsed as a whole, member by member, because it may still name a user. A member becomes an
 * `UnreadValue` if it is too deep, or beyond 1 MiB together with the others. Unknown members are skipped. Returns undefined if the JSON is
 * not an object. Throws RuleBroken if it is not JSON.
 */
export async function callByMembers(json: Buffer, count: Count): Promise<Members | undefined> {
  if (!isObjectText(json)) return undefined;
  const call: Record<string, unknown> = {};
  let left = maxItemBytes;
  for (const [name, text] of await membersNamed(json, memberNames)) {
    const value = readUnlessTooMuch(text, count, left);
    if (!(value instanceof UnreadValue)) left -= text.length;
    call[name] = value;
  }
  return call;
}

/** Parses a value; returns an `UnreadValue` if it is too deep or has more than `maxBytes` bytes. */
export function readUnlessTooMuch(json: Buffer, count: Count, maxBytes: number = maxItemBytes): unknown {
  if (json.length > maxBytes || isTooDeep(json)) return new UnreadValue(json);
  count(valueBytes(json));
  return mendedJsonIn(json);
}
