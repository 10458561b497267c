import type { Call } from '@user-activity/application';
import { RuleBroken } from '@user-activity/domain';
import { batchItems, looksLike, OversizedItem } from '../bodies/batch-items.ts';
import { brokenBody, mendedJsonIn } from '../bodies/json-body.ts';
import { isArrayText, isObjectText, itemsIn, membersNamed } from '../bodies/json-elements.ts';
import { turns } from '../bodies/turns.ts';
import { Problem } from '../requests/problem.ts';
import type { KeyMask } from './key-mask.ts';
import { callByMembers, readUnlessTooMuch } from './read-call.ts';
import { itemOfBatch, oversizedCall } from './segment-call.ts';
import { SharedContext } from './shared-context.ts';

/** The body of a batch: the text of its calls, and their common context. */
interface BatchBody {
  readonly calls: Buffer;
  readonly context: unknown;
}

/** The limits of a batch, and the mask for what dead letters keep of it. */
interface BatchLimits {
  readonly items: number;
  /** The maximum of bytes of the context, counted once for each call without one of its own. */
  readonly contextBytes: number;
  /** The maximum of bytes of the metadata of a call. */
  readonly maxBytes: number;
  /** Counts the bytes that the values of a call take beside the body. Throws if the process may not hold them. */
  readonly count: (bytes: number) => void;
  readonly mask: KeyMask;
}

/** Finds the calls in the body, and reads the context beside them. Throws 400 if there is no list of calls. */
export async function batchIn(body: Buffer, count: BatchLimits['count']): Promise<BatchBody> {
  try {
    const members = looksLike(body, isObjectText)
      ? await membersNamed(body, ['batch', 'context'])
      : undefined;
    const [calls, context] = [members?.get('batch'), members?.get('context')];
    if (calls === undefined || !looksLike(calls, isArrayText))
      throw new Problem(400, 'The body must be an object with its calls in `batch`.', {
        errors: [{ path: '/batch', message: 'must be a JSON array' }],
      });
    return { calls, context: context === undefined ? undefined : readUnlessTooMuch(context, count) };
  } catch (error) {
    throw error instanceof RuleBroken ? brokenBody(error, body) : error;
  }
}

/**
 * Yields the calls in portions, as `batchItems` does. The context is left out of all calls if its copies would exceed the limit:
 * otherwise a few bytes could become gigabytes. This is decided before the first call, so a retry has the same result.
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
  const maxCopies = Math.floor(contextBytes / shared.bytes);
  const fits = maxCopies >= items || !(await copiesExceed(maxCopies, items, calls));
  return { context: fits ? shared : shared.withoutValue() };
}

/**
 * Whether more than `maxCopies` calls of a batch would get the common context, because they are objects without one, or the batch has more
 * than `maxItems` items. Parses no call, and gives other requests their turn in between. Returns false for malformed JSON, which its reader
 * refuses later.
 */
async function copiesExceed(maxCopies: number, maxItems: number, calls: Buffer): Promise<boolean> {
  const turn = turns.begin();
  let [copies, count] = [0, 0];
  try {
    for (const item of itemsIn(calls)) {
      if (turn.isOver) await turn.next();
      if (await lacksContext(item)) copies += 1;
      count += 1;
      if (copies > maxCopies || count > maxItems) return true;
    }
  } catch (error) {
    if (!(error instanceof RuleBroken)) throw error;
  }
  return false;
}

async function lacksContext(item: Buffer): Promise<boolean> {
  if (!isObjectText(item)) return false;
  const own = (await membersNamed(item, ['context'])).get('context');
  return own === undefined || own.toString('latin1', 0, 64).trim() === 'null';
}

/** An oversized item read member by member, if it is an object. */
async function membersOf(item: OversizedItem, count: BatchLimits['count']): Promise<unknown> {
  try {
    return (await callByMembers(item.bytes, count)) ?? item;
  } catch (error) {
    throw error instanceof RuleBroken ? brokenBody(error, item.bytes) : error;
  }
}
