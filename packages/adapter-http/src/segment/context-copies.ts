import { RuleBroken } from '@user-activity/domain';
import { isObjectText, itemsIn } from '../bodies/json-elements.ts';
import { turns } from '../bodies/turns.ts';
import { membersNamed } from './members-named.ts';

/**
 * Whether more than `maxCopies` calls of a batch would get the common context, because they are objects without one, or the batch has more
 * than `maxItems` items. Parses no call, and gives other requests their turn in between. Returns false for malformed JSON, which its reader
 * refuses later.
 */
export async function copiesExceed(maxCopies: number, maxItems: number, calls: Buffer): Promise<boolean> {
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
