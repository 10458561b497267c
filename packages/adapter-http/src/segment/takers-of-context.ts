import { RuleBroken } from '@user-activity/domain';
import { isObjectText, itemsIn } from '../bodies/json-elements.ts';
import { turns } from '../bodies/turns.ts';
import { membersNamed } from './members-named.ts';

/**
 * Whether more than `most` calls of a batch are objects without a context of their own, or the batch has more than `items` of any kind. They
 * are not parsed; others have their turn on the event loop in between. No list of JSON has any: its reader says so.
 */
export async function takersExceed(most: number, items: number, calls: Buffer): Promise<boolean> {
  const turn = turns.begin();
  let [takers, count] = [0, 0];
  try {
    for (const item of itemsIn(calls)) {
      if (turn.isOver) await turn.next();
      if (await isTaker(item)) takers += 1;
      count += 1;
      if (takers > most || count > items) return true;
    }
  } catch (error) {
    if (!(error instanceof RuleBroken)) throw error;
  }
  return false;
}

async function isTaker(item: Buffer): Promise<boolean> {
  if (!isObjectText(item)) return false;
  const own = (await membersNamed(item, ['context'])).get('context');
  return own === undefined || own.toString('latin1', 0, 64).trim() === 'null';
}
