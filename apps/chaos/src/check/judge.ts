import { balance, type Books } from './balance.ts';
import type { Evidence } from './evidence.ts';
import { Facts } from './facts.ts';
import { misplaced } from './misplaced.ts';
import { missing } from './missing.ts';
import { swapped } from './swapped.ts';
import type { Violation } from './violation.ts';

/** The result of judging a run. */
export interface Verdict {
  readonly violations: readonly Violation[];
  readonly books: Books;
}

/** Judges a run by its requests and responses, the log and the store. */
export function judge(evidence: Evidence): Verdict {
  const facts = new Facts(evidence);
  const { books, violations } = balance(evidence, facts);
  const others = [missing, misplaced, swapped].flatMap((find) => find(evidence, facts));
  return { books, violations: [...others, ...violations] };
}
