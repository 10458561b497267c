import type { Call } from '@user-activity/application';
import { RuleBroken } from '@user-activity/domain';
import { batchItems, isBatch, OversizedItem } from '../bodies/batch-items.ts';
import { maxItemBytes } from '../requests/item-size.ts';
import { brokenBody, jsonBody, mendedJsonIn } from '../bodies/json-body.ts';
import { isObjectText, membersIn } from '../bodies/json-elements.ts';
import { valueBytes } from '../bodies/json-weight.ts';
import { Problem } from '../requests/problem.ts';
import { turns } from '../bodies/turns.ts';
import { hasContext, itemOfBatch, oversizedCall } from './segment-call.ts';
import { SharedContext } from './shared-context.ts';

/** The body of a batch: its calls still unparsed, and what it says for all of them. */
export interface BatchBody {
  readonly calls: Buffer;
  readonly context: unknown;
  readonly writeKey: unknown;
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
 * Finds the calls in the body, and reads what is beside them. Throws 400 if it is no JSON or holds no list of calls, and 413 if
 * something beside them takes more than 1 MiB. `count` counts what the values beside them take beside the body.
 */
export async function batchIn(body: Buffer, count: BatchLimits['count']): Promise<BatchBody> {
  const turn = turns.begin();
  let calls: Buffer | undefined;
  let context: unknown;
  let writeKey: unknown;
  try {
    for (const [key, value] of isObject(body) ? membersIn(body) : []) {
      if (turn.isOver) await turn.next();
      if (key === 'batch') calls = value;
      else {
        const beside = jsonBeside(value, count);
        if (key === 'context') context = beside;
        else if (key === 'writeKey') writeKey = beside;
      }
    }
  } catch (error) {
    throw error instanceof RuleBroken ? brokenBody(error, body) : error;
  }
  if (calls === undefined || !isBatch(calls))
    throw new Problem(400, 'The body must be an object that holds its calls in `batch`.', {
      errors: [{ path: '/batch', message: 'must be a JSON array' }],
    });
  return { calls, context, writeKey };
}

/** Whether it is to be read as an object. Throws 400 if it is no JSON. */
function isObject(body: Buffer): boolean {
  if (isObjectText(body)) return true;
  if (body.length <= maxItemBytes) jsonBody(body, mendedJsonIn);
  return false;
}

function jsonBeside(value: Buffer, count: BatchLimits['count']): unknown {
  if (value.length > maxItemBytes)
    throw new Problem(413, `What a batch says beside its calls takes at most ${maxItemBytes} bytes.`);
  count(valueBytes(value));
  return mendedJsonIn(value);
}

/**
 * The calls in portions, as `batchItems` gives them. Throws 413 as soon as the context, told for each call without one, is more than
 * a body may be: a few bytes would stand for gigabytes.
 */
export function callsIn(
  { calls, context }: Omit<BatchBody, 'writeKey'>,
  limits: BatchLimits,
): AsyncGenerator<[Call]> {
  const { maxBytes } = limits;
  const shared = context === undefined || context === null ? undefined : new SharedContext(context, maxBytes);
  const around = { maxBytes, ...(shared === undefined ? {} : { context: shared }) };
  const message = `A batch holds at most ${limits.items} calls. Send the others in further batches.`;
  let told = 0;
  return batchItems(calls, { items: limits.items, message, count: limits.count }, mendedJsonIn, (item) => {
    if (item instanceof OversizedItem) return oversizedCall(item);
    if (shared !== undefined && !hasContext(item)) told += shared.bytes;
    if (told > limits.contextBytes)
      throw new Problem(
        413,
        'The context of the batch, in each call without one, is more than the service takes.',
      );
    return itemOfBatch(item, around);
  });
}
