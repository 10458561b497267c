import { isUtf8 } from 'node:buffer';
import { FaultyDraft } from '@user-activity/application';
import { isDomainError, parseLosslessJson } from '@user-activity/domain';
import { maxItemBytes, inputTooLarge } from '../requests/input-limits.ts';
import {
  bodyFault,
  readExactJson,
  isTooDeep,
  readJsonBody,
  type JsonReader,
  maxShortBytes,
  readMendedJson,
  tooDeepMessage,
} from './json-body.ts';
import { type ItemRun, itemRunsIn } from './item-runs.ts';
import { estimateValueBytes } from './json-bytes.ts';
import { ElementScanner, textsOf } from './json-elements.ts';
import { turns } from './turns.ts';

// A run may hold thousands of items, and an item that breaks a rule takes up to 30 us. So the caller gets a run in portions.
const maxPortionItems = 100;

/** An item of a batch that is not parsed, because it has more bytes or more levels than any valid item. */
export class OversizedItem extends FaultyDraft {
  readonly bytes: Buffer;

  constructor(bytes: Buffer, message: string) {
    super([{ path: '', message }]);
    this.bytes = bytes;
  }
}

export interface ItemLimit {
  readonly maxItems: number;
  /** The message of the 413 for too many items. */
  readonly message: string;
  /** Counts the memory that the values of an item take, in bytes. Throws if the process has no room for them. */
  readonly countBytes: (bytes: number) => void;
}

/** Parses an item of a batch as `readExactJson` does, but returns a `FaultyDraft` for an item that repeats a key. */
export const readExactItem: JsonReader = (bytes) => {
  try {
    return readExactJson(bytes);
  } catch (error) {
    if (isDomainError(error, 'INVALID_ACTIVITY')) return new FaultyDraft(error.violations);
    throw error;
  }
};

/**
 * Yields the result of `convert` for each item of a JSON array, in portions. Parses a portion when the caller pulls it, and lets other
 * requests run in between. An item of more than 1 MiB or 1,000 levels becomes an `OversizedItem`. Throws 413 if there are too many items,
 * and 400 if the body is not JSON. Either may happen after some portions, so the caller must not record any item before it has pulled the
 * last one.
 */
export async function* readBatchItems<Result>(
  json: Buffer,
  limit: ItemLimit,
  parse: JsonReader,
  convert: (item: unknown) => Result,
): AsyncGenerator<readonly Result[], void, undefined> {
  const turn = turns.begin();
  let itemCount = 0;
  try {
    for (const run of itemRunsIn(json, maxShortBytes)) {
      if (turn.isOver) await turn.next();
      const isShort = run.json.length <= maxShortBytes;
      // A batch with too many items gets a 413, even if the values of its items would need too much memory.
      const fits = itemCount + run.itemCount <= limit.maxItems;
      if (isShort && fits) limit.countBytes(run.valueBytes);
      const plainItems = isShort && fits ? plainItemsOf(run) : undefined;
      if (plainItems !== undefined) {
        itemCount += run.itemCount;
        for (let start = 0; start < plainItems.length; start += maxPortionItems) {
          if (turn.isOver) await turn.next();
          yield plainItems.slice(start, start + maxPortionItems).map(convert);
        }
        continue;
      }
      for (const item of textsOf(new ElementScanner(run.json))) {
        if (turn.isOver) await turn.next();
        itemCount += 1;
        if (itemCount > limit.maxItems) throw inputTooLarge(limit.message);
        const oversized = isShort ? undefined : oversizedItem(item);
        if (!isShort && oversized === undefined) limit.countBytes(run.valueBytes);
        if (isShort && !fits) limit.countBytes(estimateValueBytes(item));
        yield [convert(oversized ?? parse(item))];
      }
    }
  } catch (error) {
    throw bodyFault(error, json);
  }
}

/**
 * Parses all items of a run in one call, which takes 0.6 of the time of one call for each. Returns undefined if this could change a value,
 * or if the run has a fault. The caller must then parse the items one by one.
 */
function plainItemsOf({ json, itemCount }: ItemRun): readonly unknown[] | undefined {
  if (!isUtf8(json)) return undefined;
  const items = parseLosslessJson(`[${json.toString('utf8')}]`);
  // A run of white space, between two commas, has no item.
  return Array.isArray(items) && items.length === itemCount ? items : undefined;
}

function oversizedItem(json: Buffer): OversizedItem | undefined {
  if (json.length > maxItemBytes)
    return new OversizedItem(json, `must be at most ${maxItemBytes} bytes long`);
  return isTooDeep(json) ? new OversizedItem(json, tooDeepMessage) : undefined;
}

/**
 * Returns whether `isExpected` accepts the start of a body. Throws 400 instead of returning false if the body has at most 1 MiB and is not
 * JSON.
 */
export function looksLike(body: Buffer, isExpected: (json: Buffer) => boolean): boolean {
  if (isExpected(body)) return true;
  if (body.length <= maxItemBytes) readJsonBody(body, readMendedJson);
  return false;
}
