import type { Call } from '@user-activity/application';
import { RuleBroken } from '@user-activity/domain';
import { batchItems, isBatch, OversizedItem } from '../batch-items.ts';
import { maxItemBytes } from '../item-size.ts';
import { jsonBody, jsonIn } from '../json-body.ts';
import { isObjectText, membersIn } from '../json-elements.ts';
import { Problem } from '../problem.ts';
import { Turn } from '../turn.ts';
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
 * Finds the calls in the body, and reads what is beside them. Throws 400 if it is no JSON or holds no list of calls, and 413 if
 * something beside them takes more than 1 MiB.
 */
export async function batchIn(body: Buffer): Promise<BatchBody> {
  const turn = new Turn();
  let calls: Buffer | undefined;
  let context: unknown;
  try {
    for (const [key, value] of isObject(body) ? membersIn(body) : []) {
      if (turn.isOver) await turn.next();
      if (key === 'batch') calls = value;
      else {
        const beside = jsonBeside(value);
        if (key === 'context') context = beside;
      }
    }
  } catch (error) {
    throw error instanceof RuleBroken ? new Problem(400, `The body ${error.message}.`) : error;
  }
  if (calls === undefined || !isBatch(calls))
    throw new Problem(400, 'The body must hold its calls.', {
      errors: [{ path: '/batch', message: 'must be a JSON array' }],
    });
  return { calls, context };
}

/** Whether it is to be read as an object. Throws 400 if it is no JSON. */
function isObject(body: Buffer): boolean {
  if (isObjectText(body)) return true;
  if (body.length <= maxItemBytes) jsonBody(body);
  return false;
}

function jsonBeside(value: Buffer): unknown {
  if (value.length > maxItemBytes)
    throw new Problem(413, `What a batch says beside its calls takes at most ${maxItemBytes} bytes.`);
  return jsonIn(value);
}

/**
 * The calls in portions, as `batchItems` gives them. Throws 413 as soon as the context, told for each call without one, is more than
 * a body may be: a few bytes would stand for gigabytes.
 */
export function callsIn({ calls, context }: BatchBody, limits: BatchLimits): AsyncGenerator<[Call]> {
  const { maxBytes } = limits;
  const shared = context === undefined || context === null ? undefined : new SharedContext(context, maxBytes);
  const around = { maxBytes, ...(shared === undefined ? {} : { context: shared }) };
  const message = `A batch holds at most ${limits.items} calls.`;
  let told = 0;
  return batchItems(calls, { items: limits.items, message, count: limits.count }, (item) => {
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
