import { membersIn } from '../bodies/json-elements.ts';
import { turns } from '../bodies/turns.ts';

/**
 * The texts of those members of a JSON object that have one of these names, found without parsing it. Of equal names the last counts, as for a
 * parser. Others have their turn on the event loop in between. Throws RuleBroken for what is no object.
 */
export async function membersNamed<Name extends string>(
  json: Buffer,
  names: readonly Name[],
): Promise<ReadonlyMap<Name, Buffer>> {
  const turn = turns.begin();
  const found = new Map<Name, Buffer>();
  let passed = 0;
  for (const [name, value] of membersIn(json, names)) {
    if (name !== undefined) found.set(name, value);
    passed += 1;
    if (passed % membersOfTurn === 0 && turn.isOver) await turn.next();
  }
  return found;
}

// To ask for the time costs as much as to pass over a member.
const membersOfTurn = 1000;
