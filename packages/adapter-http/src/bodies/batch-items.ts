import { FaultyDraft } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';
import { maxItemBytes, tooLarge } from '../requests/input-limits.ts';
import {
  bodyFault,
  exactJsonIn,
  isTooDeep,
  jsonBody,
  type JsonReader,
  mendedJsonIn,
  tooDeep,
} from './json-body.ts';
import { itemsIn } from './json-elements.ts';
import { valueBytes } from './json-bytes.ts';
import { turns } from './turns.ts';

/** An item that is not parsed, because it is larger or deeper than any valid item. */
export class OversizedItem extends FaultyDraft {
  readonly bytes: Buffer;

  constructor(bytes: Buffer, message: string) {
    super([{ path: '', message }]);
    this.bytes = bytes;
  }
}

export interface ItemLimit {
  readonly items: number;
  /** The message of the 413 for too many items. */
  readonly message: string;
  /** Counts the memory that the values of an item take, in bytes. Throws if the process has no room for them. */
  readonly count: (bytes: number) => void;
}

/** Parses an item of a batch as `exactJsonIn` does, but returns a `FaultyDraft` for an item with a repeated key. */
export const exactItemIn: JsonReader = (bytes) => {
  try {
    return exactJsonIn(bytes);
  } catch (error) {
    if (isDomainError(error, 'INVALID_ACTIVITY')) return new FaultyDraft(error.violations);
    throw error;
  }
};

/**
 * Yields the result of `read` for each item of a JSON array, in portions of one item. Parses an item when the consumer pulls it, and lets
 * other requests run in between. An item of more than 1 MiB or 1,000 levels becomes an `OversizedItem`. Throws 413 if there are too many
 * items, and 400 if the body is not JSON, so the consumer must not record anything before the end.
 */
export async function* batchItems<Made>(
  json: Buffer,
  limit: ItemLimit,
  parse: JsonReader,
  read: (item: unknown) => Made,
): AsyncGenerator<[Made], void, undefined> {
  const turn = turns.begin();
  let count = 0;
  try {
    for (const item of itemsIn(json)) {
      if (turn.isOver) await turn.next();
      count += 1;
      if (count > limit.items) throw tooLarge(limit.message);
      const oversized = oversizedItem(item);
      if (oversized === undefined) limit.count(valueBytes(item));
      yield [read(oversized ?? parse(item))];
    }
  } catch (error) {
    throw bodyFault(error, json);
  }
}

function oversizedItem(json: Buffer): OversizedItem | undefined {
  if (json.length > maxItemBytes)
    return new OversizedItem(json, `must be at most ${maxItemBytes} bytes long`);
  return isTooDeep(json) ? new OversizedItem(json, tooDeep) : undefined;
}

/** Returns whether a body begins as `isText` expects. If it does not, and has at most 1 MiB, throws 400 unless it is JSON. */
export function looksLike(body: Buffer, isText: (json: Buffer) => boolean): boolean {
  if (isText(body)) return true;
  if (body.length <= maxItemBytes) jsonBody(body, mendedJsonIn);
  return false;
}
