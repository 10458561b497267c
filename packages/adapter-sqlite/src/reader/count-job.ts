import { countGroups, oneGroup } from './groups.ts';
import type { Reader } from './portions.ts';
import { SpanCounter } from './span-counter.ts';
import { branchesOf, type Selection } from '../protocol/shapes.ts';
import type { Steps } from '../protocol/job-scheduler.ts';

export function* countActivities(reader: Reader, selection: Selection): Steps<number> {
  if (selection.conditions !== undefined) {
    const [total = 0] = (yield* countGroups(reader, selection, oneGroup, 1)).values();
    return total;
  }
  const { shape, branches } = branchesOf(selection);
  const counter = new SpanCounter(reader.prepare, shape);
  let total = 0;
  for (const values of branches) total += yield* counter.count(values, selection);
  return total;
}
