import type { Draft, Exchange } from '../load/ledger.ts';
import type { Evidence } from './evidence.ts';
import { type Facts, isSame, nonceOf } from './facts.ts';
import type { Violation } from './violation.ts';

// Refused for what it says; not now; and a service that is asked while it stops closes the connection.
const expected: ReadonlySet<number> = new Set([202, 422, 503]);

/** What was answered 202 and is not there as it was sent, and answers that nobody should get. */
export function missing({ exchanges, letters }: Evidence, facts: Facts): Violation[] {
  const buried = new Set(letters.filter(({ reason }) => reason !== '').map(({ origin }) => origin));
  const violations: Violation[] = [];
  for (const { drafts, answer } of exchanges) {
    if (answer === undefined) continue;
    if (!expected.has(answer.status))
      violations.push({
        kind: 'answer',
        subject: drafts[0]?.metadata.nonce ?? '',
        detail: `answered ${answer.status}`,
      });
    if (answer.status !== 202) continue;
    for (const [index, draft] of drafts.entries()) {
      const violation = fateOf(draft, answer.ids[index], facts, buried);
      if (violation !== undefined) violations.push(violation);
    }
  }
  return violations;
}

type Id = NonNullable<Exchange['answer']>['ids'][number] | undefined;

/** What is wrong with where an activity is that was answered 202, if anything. */
function fateOf(draft: Draft, id: Id, facts: Facts, buried: ReadonlySet<string>): Violation | undefined {
  const { nonce } = draft.metadata;
  if (id === undefined || id === null || (draft.id !== undefined && draft.id !== id))
    return { kind: 'answer', subject: nonce, detail: `answered 202 under the id ${id}` };
  const stored = facts.stored.get(id);
  if (nonceOf(stored) === nonce) {
    return stored !== undefined && isSame(draft, stored)
      ? undefined
      : { kind: 'changed', subject: id, detail: 'stored with another body than the one that was sent' };
  }
  const records = (facts.records.get(nonce) ?? []).filter(({ activity }) => activity?.id === id);
  if (records.length > 0 && records.every(({ origin }) => buried.has(origin))) return undefined;
  const where =
    records.length === 0 ? 'not on the log' : `on the log at ${records.map(({ origin }) => origin).join()}`;
  return {
    kind: 'lost',
    subject: id,
    detail: `${where}, ${stored === undefined ? 'not stored' : 'another fact holds its id'}, no dead letter`,
  };
}
