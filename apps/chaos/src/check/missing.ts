import type { Draft, Exchange } from '../load/ledger.ts';
import type { Evidence, Letter, LoggedRecord } from './evidence.ts';
import { type Facts, isSame, nonceOf } from './facts.ts';
import type { Violation } from './violation.ts';

/** What was answered 202 and is not there as it was sent, and answers that nobody should get. */
export function missing({ exchanges, letters }: Evidence, facts: Facts): Violation[] {
  const buried = new Map(letters.map((letter) => [letter.origin, letter]));
  const violations: Violation[] = [];
  for (const { drafts, answer, isUnsound = false } of exchanges) {
    if (answer === undefined) continue;
    if (answer.status !== 503 && answer.status !== (isUnsound ? 422 : 202))
      violations.push({
        kind: 'answer',
        subject: drafts[0]?.metadata.nonce ?? '',
        detail: `answered ${answer.status}`,
      });
    if (answer.status !== 202 || isUnsound) continue;
    for (const [index, draft] of drafts.entries()) {
      const violation = fateOf(draft, answer.ids[index], facts, buried);
      if (violation !== undefined) violations.push(violation);
    }
  }
  return violations;
}

type Id = NonNullable<Exchange['answer']>['ids'][number] | undefined;

/** What is wrong with where an activity is that was answered 202, if anything. */
function fateOf(
  draft: Draft,
  id: Id,
  facts: Facts,
  buried: ReadonlyMap<string, Letter>,
): Violation | undefined {
  const { nonce } = draft.metadata;
  if (id === undefined || id === null || (draft.id !== undefined && draft.id !== id))
    return { kind: 'answer', subject: nonce, detail: `answered 202 under the id ${id}` };
  const stored = facts.stored.get(id);
  if (nonceOf(stored) === nonce) {
    return stored !== undefined && isSame(draft, stored)
      ? undefined
      : { kind: 'changed', subject: id, detail: 'stored with another body than the one that was sent' };
  }
  // Only where another fact holds its id it may be buried as a conflict.
  const codes = stored === undefined ? ['refused'] : ['refused', 'conflict'];
  const isBuried = ({ origin }: LoggedRecord): boolean => {
    const letter = buried.get(origin);
    return letter !== undefined && codes.includes(letter.code) && letter.reason !== '';
  };
  const records = (facts.records.get(nonce) ?? []).filter(({ activity }) => activity?.id === id);
  if (records.length > 0 && records.every(isBuried)) return undefined;
  const where =
    records.length === 0 ? 'not on the log' : `on the log at ${records.map(({ origin }) => origin).join()}`;
  return {
    kind: 'lost',
    subject: id,
    detail: `${where}, ${stored === undefined ? 'not stored' : 'another fact holds its id'}, no dead letter`,
  };
}
