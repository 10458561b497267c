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

/** An item that is larger or deeper than any valid one. It is not parsed: only its bytes are known. */
export class OversizedItem extends FaultyDraft {
  readonly bytes: Buffer;

  constructor(bytes: Buffer, message: string) {
    super([{ path: '', message }]);
    this.bytes = bytes;
  }
}

export interface ItemLimit {
  readonly items: number;
  /** The message of the 413 for more items. */
  readonly message: string;
  /** Counts the bytes that the values of an item take beside the body. Throws if the process may not hold them. */
  readonly count: (bytes: number) => void;
}

/** Reads an item of a batch as `exactJsonIn` does. An item with a repeated key becomes a `FaultyDraft`. */
export const exactItemIn: JsonReader = (bytes) => {
  try {
    return exactJsonIn(bytes);
  } catch (error) {
    if (isDomainError(error, 'INVALID_ACTIVITY')) return new FaultyDraft(error.violations);
    throw error;
  }
};

/**
 * Yields what `read` makes of each item of a JSON array, in portions of one. Each item is parsed when it is pulled; other requests
 * have their turn in between. An item of more than 1 MiB or 1,000 levels is an `OversizedItem`. Throws 413 if there are more items than
 * `limit`, and 400 if the body is not JSON: nothing may be recorded before the end.
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

/** Whether a body begins as `isText` expects. If not, throws 400 for a body of up to 1 MiB that is not JSON. */
export function looksLike(body: Buffer, isText: (json: Buffer) => boolean): boolean {
  if (isText(body)) return true;
  if (body.length <= maxItemBytes) jsonBody(body, mendedJsonIn);
  return false;
}
