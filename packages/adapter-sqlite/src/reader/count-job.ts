import { countGroups, oneGroup } from './groups.ts';
import type { Reader } from './portions.ts';
import { SpanCounter } from './span-counter.ts';
import { branchesOf, type Selection } from '../protocol/shapes.ts';
import type { Steps } from '../protocol/turns.ts';

/** Counts activities. */
export function* count(reader: Reader, selection: Selection): Steps<number> {
  if (selection.conditions !== undefined) {
    const [found = 0] = (yield* countGroups(reader, selection, oneGroup, 1)).values();
    return found;
  }
  const { shape, branches } = branchesOf(selection);
  const counter = new SpanCounter(reader.prepare, shape);
  let sum = 0;
  for (const values of branches) sum += yield* counter.count(values, selection);
  return sum;
}
