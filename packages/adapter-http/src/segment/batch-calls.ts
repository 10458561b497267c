import type { Call } from '@user-activity/application';
import { RuleBroken } from '@user-activity/domain';
import { batchItems, isBatch, OversizedItem } from '../bodies/batch-items.ts';
import { maxItemBytes } from '../requests/item-size.ts';
import { brokenBody, jsonBody, mendedJsonIn } from '../bodies/json-body.ts';
import { isObjectText } from '../bodies/json-elements.ts';
import { Problem } from '../requests/problem.ts';
import { membersNamed } from './members-named.ts';
import { callByMembers, readUnlessTooMuch } from './read-call.ts';
import { hasContext, itemOfBatch, oversizedCall } from './segment-call.ts';
import { SharedContext } from './shared-context.ts';

/** The body of a batch: its calls still unparsed, and what it says for all of them. */
export interface BatchBody {
  readonly calls: Buffer;
  readonly context: unknown;
}

/** How much a batch may hold. */
export interface BatchLimits {
  readonly items: number;
  /** The most bytes of the context, counted once for each call that takes it. */
  readonly contextBytes: number;
  /** The maximum of bytes of the metadata of a call. */
  readonly maxBytes: number;
  /** Counts what the values of a call take beside the body, as `batchItems` does. */
  readonly count: (bytes: number) => void;
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
 * The calls in portions, as `batchItems` gives them. Throws 413 as soon as the context, told for each call without one, is more than
 * a body may be: a few bytes would stand for gigabytes.
 */
export async function* callsIn(
  { calls, context }: BatchBody,
  limits: BatchLimits,
): AsyncGenerator<[Call], void, undefined> {
  const { maxBytes, items, count } = limits;
  const shared = context === undefined || context === null ? undefined : new SharedContext(context, maxBytes);
  const around = { maxBytes, ...(shared === undefined ? {} : { context: shared }) };
  const message = `A batch holds at most ${items} calls. Send the others in further batches.`;
  const readings = batchItems(calls, { items, message, count }, mendedJsonIn, (item) => item);
  let told = 0;
  for await (const [reading] of readings) {
    const item = reading instanceof OversizedItem ? await membersOf(reading, count) : reading;
    if (shared !== undefined && !hasContext(item)) told += shared.bytes;
    if (told > limits.contextBytes)
      throw new Problem(
        413,
        'The context of the batch, in each call without one, is more than the service takes.',
      );
    yield [item instanceof OversizedItem ? oversizedCall(item) : itemOfBatch(item, around)];
  }
}

/** An item by its members, if it has any. */
async function membersOf(item: OversizedItem, count: BatchLimits['count']): Promise<unknown> {
  try {
    return (await callByMembers(item.bytes, count)) ?? item;
  } catch (error) {
    throw error instanceof RuleBroken ? brokenBody(error, item.bytes) : error;
  }
}
