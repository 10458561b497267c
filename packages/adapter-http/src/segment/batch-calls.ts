import type { Call } from '@user-activity/application';
import { RuleBroken } from '@user-activity/domain';
import { batchItems, isBatch, OversizedItem } from '../bodies/batch-items.ts';
import { maxItemBytes } from '../requests/item-size.ts';
import { brokenBody, jsonBody, mendedJsonIn } from '../bodies/json-body.ts';
import { isObjectText } from '../bodies/json-elements.ts';
import { Problem } from '../requests/problem.ts';
import type { KeyMask } from './key-mask.ts';
import { membersNamed } from './members-named.ts';
import { callByMembers, readUnlessTooMuch } from './read-call.ts';
import { itemOfBatch, oversizedCall } from './segment-call.ts';
import { SharedContext } from './shared-context.ts';
import { takersExceed } from './takers-of-context.ts';

/** The body of a batch: its calls still unparsed, and what it says for all of them. */
export interface BatchBody {
  readonly calls: Buffer;
  readonly context: unknown;
}

/** How much a batch may hold, and what its letters may not. */
export interface BatchLimits {
  readonly items: number;
  /** The most bytes of the context, counted once for each call without one of its own. */
  readonly contextBytes: number;
  /** The maximum of bytes of the metadata of a call. */
  readonly maxBytes: number;
  /** Counts what the values of a call take beside the body, as `batchItems` does. */
  readonly count: (bytes: number) => void;
  readonly mask: KeyMask;
}

/**
 * Finds the calls in the body, and reads the context beside them; nothing else beside them is looked at. Throws 400 if it is no JSON or
 * holds no list of calls. `count` counts what the context takes beside the body.
 */
export async function batchIn(body: Buffer, count: BatchLimits['count']): Promise<BatchBody> {
  try {
    const members = isObject(body) ? await membersNamed(body, ['batch', 'context']) : undefined;
    const [calls, context] = [members?.get('batch'), members?.get('context')];
    if (calls === undefined || !isBatch(calls))
      throw new Problem(400, 'The body must be an object that holds its calls in `batch`.', {
        errors: [{ path: '/batch', message: 'must be a JSON array' }],
      });
    return { calls, context: context === undefined ? undefined : readUnlessTooMuch(context, count) };
  } catch (error) {
    throw error instanceof RuleBroken ? brokenBody(error, body) : error;
  }
}

/** Whether it is to be read as an object. Throws 400 if it is no JSON. */
function isObject(body: Buffer): boolean {
  if (isObjectText(body)) return true;
  if (body.length <= maxItemBytes) jsonBody(body, mendedJsonIn);
  return false;
}

/**
 * The calls in portions, as `batchItems` gives them. A context that would stand in so many of them that it is more than a body may be
 * is left out of all, as a few bytes would stand for gigabytes. That is known before the first, so it is the same for a retry.
 */
export async function* callsIn(
  { calls, context }: BatchBody,
  limits: BatchLimits,
): AsyncGenerator<[Call], void, undefined> {
  const { maxBytes, items, count, mask } = limits;
  const around = { maxBytes, mask, ...(await sharedContext(calls, context, limits)) };
  const message = `A batch holds at most ${items} calls. Send the others in further batches.`;
  for await (const [item] of batchItems(calls, { items, message, count }, mendedJsonIn, (read) => read)) {
    const call = item instanceof OversizedItem ? await membersOf(item, count) : item;
    yield [call instanceof OversizedItem ? oversizedCall(call) : itemOfBatch(call, around)];
  }
}

async function sharedContext(
  calls: Buffer,
  context: unknown,
  { maxBytes, items, contextBytes }: BatchLimits,
): Promise<{ context?: SharedContext }> {
  if (context === undefined || context === null) return {};
  const shared = new SharedContext(context, maxBytes);
  const most = Math.floor(contextBytes / shared.bytes);
  const isTold = most >= items || !(await takersExceed(most, items, calls));
  return { context: isTold ? shared : shared.withoutValue() };
}

/** An item by its members, if it has any. */
async function membersOf(item: OversizedItem, count: BatchLimits['count']): Promise<unknown> {
  try {
    return (await callByMembers(item.bytes, count)) ?? item;
  } catch (error) {
    throw error instanceof RuleBroken ? brokenBody(error, item.bytes) : error;
  }
}
