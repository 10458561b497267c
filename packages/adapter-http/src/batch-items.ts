import { FaultyDraft } from '@user-activity/application';
import { RuleBroken } from '@user-activity/domain';
import { maxItemBytes } from './item-size.ts';
import { jsonBody, jsonIn } from './json-body.ts';
import { isArrayText, itemsIn } from './json-elements.ts';
import { Problem } from './problem.ts';
import { Turn } from './turn.ts';

/** An item that is longer than any valid one. It is not parsed: its bytes are all that is known of it. */
export class OversizedItem extends FaultyDraft {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    super([{ path: '', message: `must be at most ${maxItemBytes} bytes long` }]);
    this.bytes = bytes;
  }
}

/** How many items there may be, and what is said of more. */
export interface ItemLimit {
  readonly items: number;
  readonly message: string;
}

/**
 * What `read` makes of the items of a batch that is a JSON array, in portions of one, each parsed when it is asked for; others have
 * their turn on the event loop in between. An item of more than 1 MiB is an `OversizedItem`. Throws 413 if there are more than
 * `limit`, and 400 if the body is no JSON: so nothing may be taken in before the end.
 */
export async function* batchItems<Made>(
  json: Buffer,
  limit: ItemLimit,
  read: (item: unknown) => Made,
): AsyncGenerator<[Made], void, undefined> {
  const turn = new Turn();
  let count = 0;
  try {
    for (const item of itemsIn(json)) {
      count += 1;
      if (count > limit.items) throw new Problem(413, limit.message);
      yield [read(item.length > maxItemBytes ? new OversizedItem(item) : jsonIn(item))];
      if (turn.isOver) await turn.next();
    }
  } catch (error) {
    throw error instanceof RuleBroken ? new Problem(400, `The body ${error.message}.`) : error;
  }
}

/** Whether the body is a JSON array. Throws 400 if it is no JSON; one that is longer than any single value is not looked at. */
export function isBatch(body: Buffer): boolean {
  if (isArrayText(body)) return true;
  if (body.length <= maxItemBytes) jsonBody(body);
  return false;
}
