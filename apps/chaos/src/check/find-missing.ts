import type { Draft, Exchange } from '../load/ledger.ts';
import type { Evidence, Letter, LoggedRecord } from './evidence.ts';
import { type FactIndex, isSameContent, nonceOf } from './fact-index.ts';
import type { Violation } from './violation.ts';

/** Returns a violation for each activity that was answered 202 but is lost or changed, and for each response with a wrong status or wrong ids. */
export function findMissing({ exchanges, letters }: Evidence, facts: FactIndex): Violation[] {
  const letterAt = new Map(letters.map((letter) => [letter.origin, letter]));
  const violations: Violation[] = [];
  for (const { drafts, response, isInvalid = false } of exchanges) {
    if (response === undefined) continue;
    if (response.status !== 503 && response.status !== (isInvalid ? 422 : 202))
      violations.push({
        kind: 'answer',
        subject: drafts[0]?.metadata.nonce ?? '',
        detail: `the request was answered with ${response.status}`,
      });
    if (response.status !== 202 || isInvalid) continue;
    for (const [index, draft] of drafts.entries()) {
      const violation = violationOf(draft, response.ids[index], facts, letterAt);
      if (violation !== undefined) violations.push(violation);
    }
  }
  return violations;
}

type Id = NonNullable<Exchange['response']>['ids'][number] | undefined;

/** Returns a violation if an activity that was answered 202 is lost or changed; otherwise undefined. */
function violationOf(
  draft: Draft,
  id: Id,
  facts: FactIndex,
  letterAt: ReadonlyMap<string, Letter>,
): Violation | undefined {
  const { nonce } = draft.metadata;
  if (id === undefined || id === null || (draft.id !== undefined && draft.id !== id))
    return { kind: 'answer', subject: nonce, detail: `the response 202 has the id ${id} for this activity` };
  const stored = facts.stored.get(id);
  if (nonceOf(stored) === nonce) {
    return stored !== undefined && isSameContent(draft, stored)
      ? undefined
      : { kind: 'changed', subject: id, detail: 'stored with other content than the client sent' };
  }
  // A dead letter for a conflict is right only if another fact is stored under the id.
  const codes = stored === undefined ? ['refused'] : ['refused', 'conflict'];
  const isDeadLetter = ({ origin }: LoggedRecord): boolean => {
    const letter = letterAt.get(origin);
    return letter !== undefined && codes.includes(letter.code) && letter.reason !== '';
  };
  const records = (facts.records.get(nonce) ?? []).filter(({ activity }) => activity?.id === id);
  if (records.length > 0 && records.every(isDeadLetter)) return undefined;
  const where =
    records.length === 0 ? 'not on the log' : `on the log at ${records.map(({ origin }) => origin).join()}`;
  return {
    kind: 'lost',
    subject: id,
    detail: `${where}, ${stored === undefined ? 'not stored' : 'another fact is stored under its id'}, and there is no dead letter`,
  };
}
