import { membersIn } from '../bodies/json-elements.ts';
import { turns } from '../bodies/turns.ts';

/**
 * Finds the texts of members of a JSON object by name, without parsing it. The last of equal names counts, as for a parser. Other
 * requests have their turn in between. Throws RuleBroken if it is not an object.
 */
export async function membersNamed<Name extends string>(
  json: Buffer,
  names: readonly Name[],
): Promise<ReadonlyMap<Name, Buffer>> {
  const turn = turns.begin();
  const found = new Map<Name, Buffer>();
  let count = 0;
  for (const [name, value] of membersIn(json, names)) {
    if (name !== undefined) found.set(name, value);
    count += 1;
    if (count % membersOfTurn === 0 && turn.isOver) await turn.next();
  }
  return found;
}

// Reading the clock costs as much as skipping a member.
const membersOfTurn = 1000;
