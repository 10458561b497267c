import { FaultyDraft } from '@user-activity/application';
import { isDomainError, RuleBroken } from '@user-activity/domain';
import { maxItemBytes } from '../requests/item-size.ts';
import {
  brokenBody,
  exactJsonIn,
  isTooDeep,
  jsonBody,
  type JsonReader,
  mendedJsonIn,
  tooDeep,
} from './json-body.ts';
import { isArrayText, itemsIn } from './json-elements.ts';
import { valueBytes } from './json-weight.ts';
import { Problem } from '../requests/problem.ts';
import { turns } from './turns.ts';

/** An item that is larger or deeper than any valid one. It is not parsed: its bytes are all that is known of it. */
export class OversizedItem extends FaultyDraft {
  readonly bytes: Buffer;

  constructor(bytes: Buffer, message: string) {
    super([{ path: '', message }]);
    this.bytes = bytes;
  }
}

/** How many items there may be, and what is said of more. */
export interface ItemLimit {
  readonly items: number;
  readonly message: string;
  /** Counts what the values of an item take beside the body. Throws if it is more than the process may hold. */
  readonly count: (bytes: number) => void;
}

/** An item of a batch as `exactJsonIn` reads it. One that repeats a key is a `FaultyDraft`. */
export const exactItemIn: JsonReader = (bytes) => {
  try {
    return exactJsonIn(bytes);
  } catch (error) {
    if (isDomainError(error, 'INVALID_ACTIVITY')) return new FaultyDraft(error.violations);
    throw error;
  }
};

/**
 * What `read` makes of the items of a batch that is a JSON array, in portions of one, each parsed when it is asked for; others have
 * their turn on the event loop in between. An item of more than 1 MiB or 1,000 levels is an `OversizedItem`. Throws 413 if there are more than
 * `limit`, and 400 if the body is no JSON: so nothing may be taken in before the end.
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
      if (count > limit.items) throw new Problem(413, limit.message);
      const oversized = oversizedItem(item);
      if (oversized === undefined) limit.count(valueBytes(item));
      yield [read(oversized ?? parse(item))];
    }
  } catch (error) {
    throw error instanceof RuleBroken ? brokenBody(error, json) : error;
  }
}

function oversizedItem(json: Buffer): OversizedItem | undefined {
  if (json.length > maxItemBytes)
    return new OversizedItem(json, `must be at most ${maxItemBytes} bytes long`);
  return isTooDeep(json) ? new OversizedItem(json, tooDeep) : undefined;
}

/** Whether the body is a JSON array. Throws 400 if it is no JSON; one that is longer than any single value is not looked at. */
export function isBatch(body: Buffer): boolean {
  if (isArrayText(body)) return true;
  if (body.length <= maxItemBytes) jsonBody(body, mendedJsonIn);
  return false;
}
