import type { Call } from '@user-activity/application';
import { RuleBroken } from '@user-activity/domain';
import { readBatchItems, looksLike, OversizedItem } from '../bodies/batch-items.ts';
import { bodyFault, readMendedJson } from '../bodies/json-body.ts';
import { isArrayText, isObjectText, itemsIn, findMembers } from '../bodies/json-elements.ts';
import { turns } from '../bodies/turns.ts';
import { Problem } from '../requests/problem.ts';
import type { CallSettings } from './call-metadata.ts';
import { parseKnownMembers, type CountBytes, parseIfSmall } from './read-call.ts';
import { callOfItem, oversizedCall } from './segment-call.ts';
import { SharedContext } from './shared-context.ts';

interface BatchBody {
  /** The JSON array of the calls, unparsed. */
  readonly calls: Buffer;
  /** The context for all calls that have none of their own. */
  readonly context: unknown;
}

interface BatchSettings extends Omit<CallSettings, 'context'> {
  readonly maxCalls: number;
  /** The maximum total size of all copies of the shared context, in bytes. */
  readonly maxContextBytes: number;
  readonly countBytes: CountBytes;
}

/** Finds the calls of a batch without parsing them, and parses the context that they share. Throws 400 if the body has no list of calls. */
export async function parseBatch(body: Buffer, countBytes: CountBytes): Promise<BatchBody> {
  try {
    const members = looksLike(body, isObjectText) ? await findMembers(body, ['batch', 'context']) : undefined;
    const [calls, context] = [members?.get('batch'), members?.get('context')];
    if (calls === undefined || !looksLike(calls, isArrayText))
      throw new Problem(400, 'The body must be an object with its calls in `batch`.', {
        errors: [{ path: '/batch', message: 'must be a JSON array' }],
      });
    return { calls, context: context === undefined ? undefined : parseIfSmall(context, countBytes) };
  } catch (error) {
    throw bodyFault(error, body);
  }
}

/**
 * Yields the calls in portions, as `readBatchItems` does. If all copies of the shared context together would exceed their limit, no call
 * gets a copy: otherwise, a small body could become gigabytes. This is decided before the first call, so that a retry has the same result.
 */
export async function* readCalls(
  { calls, context }: BatchBody,
  settings: BatchSettings,
): AsyncGenerator<readonly Call[], void, undefined> {
  const { maxCalls, countBytes } = settings;
  const callSettings = { ...settings, ...(await sharedContext(calls, context, settings)) };
  const message = `A batch holds at most ${maxCalls} calls. Send the others in further batches.`;
  for await (const portion of readBatchItems(
    calls,
    { maxItems: maxCalls, message, countBytes },
    readMendedJson,
    (value) => value,
  )) {
    const callsOfPortion: Call[] = [];
    for (const item of portion) {
      const call =
        item instanceof OversizedItem ? ((await parseKnownMembers(item.bytes, countBytes)) ?? item) : item;
      callsOfPortion.push(
        call instanceof OversizedItem ? oversizedCall(call, settings) : callOfItem(call, callSettings),
      );
    }
    yield callsOfPortion;
  }
}

async function sharedContext(
  calls: Buffer,
  context: unknown,
  { maxBytes, maxCalls, maxContextBytes }: BatchSettings,
): Promise<Pick<CallSettings, 'context'>> {
  if (context === undefined || context === null) return {};
  const shared = new SharedContext(context, maxBytes);
  const maxCopies = Math.floor(maxContextBytes / shared.bytes);
  const copiesFit = maxCopies >= maxCalls || !(await copiesExceed(maxCopies, maxCalls, calls));
  return { context: copiesFit ? shared : shared.withoutValue() };
}

/**
 * Returns whether more than `maxCopies` calls have no context of their own, or the batch has more than `maxCalls` calls. Parses no call,
 * and lets other requests run in between. Returns false for malformed JSON, which is refused later.
 */
async function copiesExceed(maxCopies: number, maxCalls: number, calls: Buffer): Promise<boolean> {
  const turn = turns.begin();
  let [copyCount, callCount] = [0, 0];
  try {
    for (const call of itemsIn(calls)) {
      if (turn.isOver) await turn.next();
      if (await lacksContext(call)) copyCount += 1;
      callCount += 1;
      if (copyCount > maxCopies || callCount > maxCalls) return true;
    }
  } catch (error) {
    if (!(error instanceof RuleBroken)) throw error;
  }
  return false;
}

async function lacksContext(call: Buffer): Promise<boolean> {
  if (!isObjectText(call)) return false;
  const ownContext = (await findMembers(call, ['context'])).get('context');
  return ownContext === undefined || ownContext.toString('latin1', 0, 64).trim() === 'null';
}
