import { RuleBroken } from '@user-activity/domain';
import { brokenBody, isTooDeep, mendedJsonIn } from '../bodies/json-body.ts';
import { isObjectText } from '../bodies/json-elements.ts';
import { valueBytes } from '../bodies/json-weight.ts';
import type { Members } from '../bodies/members.ts';
import { UnreadValue } from '../bodies/unread-value.ts';
import { maxItemBytes } from '../requests/item-size.ts';
import { Problem } from '../requests/problem.ts';
import { membersNamed } from './members-named.ts';

/** The members that calls have. */
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

/** Counts bytes that values take in memory. Throws if they are more than the process may hold. */
type Count = (bytes: number) => void;

/** Whether a call is larger or deeper than what is parsed as a whole. */
const isTooMuch = (json: Buffer): boolean => json.length > maxItemBytes || isTooDeep(json);

/** Reads the call that a body is. Throws 400 if it is none in JSON. */
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
 * Reads a call that is too much to be parsed as a whole by its members, as it may well name a user: those that are too deep, or beyond
 * 1 MiB together, are an `UnreadValue`. Members that no call has are not looked at. Returns undefined if it is no object. Throws
 * RuleBroken if it is no JSON.
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

/** The value, or what stands for one that is too deep or has more bytes. */
export function readUnlessTooMuch(json: Buffer, count: Count, maxBytes: number = maxItemBytes): unknown {
  if (json.length > maxBytes || isTooDeep(json)) return new UnreadValue(json);
  count(valueBytes(json));
  return mendedJsonIn(json);
}
