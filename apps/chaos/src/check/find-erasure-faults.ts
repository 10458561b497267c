import type { ActivityJson } from '@user-activity/domain';
import type { ErasedUser } from '../load/eraser.ts';
import type { Draft } from '../load/ledger.ts';
import { isSameContent } from './fact-index.ts';
import { findRepeated } from './find-repeated.ts';
import type { Violation } from './violation.ts';

/** The data about the erased and anonymised users that `findErasureFaults` judges. */
export interface ErasureEvidence {
  readonly users: readonly ErasedUser[];
  /** The ids of the erasures that were done within 90 s. */
  readonly done: ReadonlySet<string>;
  /** All stored activities of the project of these users. */
  readonly stored: readonly ActivityJson[];
  /** The user of each dead letter, which is the key of the record. */
  readonly letterUsers: readonly string[];
}

/** Returns a violation for each erasure that was not done, for data that it should have removed, and for data that it should have kept. */
export function findErasureFaults({ users, done, stored, letterUsers }: ErasureEvidence): Violation[] {
  const byId = new Map(stored.map((activity) => [activity.id, activity]));
  const withLetters = new Set(letterUsers);
  const violations: Violation[] = [];
  const report = (kind: Violation['kind'], subject: string, detail: string): void => {
    violations.push({ kind, subject, detail });
  };
  for (const { userId, mode, erasureId, before, after } of users) {
    if (!done.has(erasureId)) report('stuck', erasureId, 'the erasure was not done within 90 s');
    for (const draft of before) {
      const fault = faultOf(draft, byId.get(draft.id ?? ''), mode);
      if (fault !== undefined) report('kept', draft.id ?? '', fault);
    }
    for (const draft of after) {
      const activity = byId.get(draft.id ?? '');
      if (activity === undefined) report('lost', draft.id ?? '', 'logged after the erasure, but not stored');
      else if (!isSameContent(draft, activity))
        report('changed', draft.id ?? '', 'logged after the erasure, but stored with other content');
    }
    if (withLetters.has(userId)) report('kept', userId, 'a dead letter still names this user');
  }
  for (const id of findRepeated(stored.map((activity) => activity.id)))
    report('doubled', id, 'the API lists this activity twice');
  return violations;
}

/** Describes what is wrong with an activity that was logged before its user was erased. Returns undefined if nothing is wrong. */
function faultOf(
  draft: Draft,
  activity: ActivityJson | undefined,
  mode: ErasedUser['mode'],
): string | undefined {
  if (mode === 'erase')
    return activity === undefined ? undefined : 'logged before the erasure, but still stored';
  if (activity === undefined) return 'logged before the anonymisation, but no longer stored';
  const isAnonymous = activity.userId.startsWith('anon_') && Object.keys(activity.metadata).length === 0;
  if (!isAnonymous) return 'logged before the anonymisation, but still stored with its user or its metadata';
  return activity.type === draft.type ? undefined : 'the anonymisation changed its type';
}
