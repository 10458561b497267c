import type { ActivityJson } from '@user-activity/domain';
import type { ErasedUser } from '../load/eraser.ts';
import type { Draft } from '../load/ledger.ts';
import { isSame } from './facts.ts';
import { repeated } from './repeated.ts';
import type { Violation } from './violation.ts';

/** What the store has of the users that were erased. */
export interface ErasureEvidence {
  readonly users: readonly ErasedUser[];
  /** The ids of the erasures that were done in time. */
  readonly done: ReadonlySet<string>;
  readonly stored: readonly ActivityJson[];
  /** The users of the dead letters: the keys of their records. */
  readonly letterUsers: readonly string[];
}

/** Finds what an erasure should have removed, and what it should have left. */
export function erased({ users, done, stored, letterUsers }: ErasureEvidence): Violation[] {
  const byId = new Map(stored.map((activity) => [activity.id, activity]));
  const withLetters = new Set(letterUsers);
  const violations: Violation[] = [];
  const report = (kind: Violation['kind'], subject: string, detail: string): void => {
    violations.push({ kind, subject, detail });
  };
  for (const { userId, mode, erasureId, before, after } of users) {
    if (!done.has(erasureId)) report('stuck', erasureId, 'the erasure was not done in time');
    for (const draft of before) {
      const fault = faultOf(draft, byId.get(draft.id ?? ''), mode);
      if (fault !== undefined) report('kept', draft.id ?? '', fault);
    }
    for (const draft of after) {
      const activity = byId.get(draft.id ?? '');
      if (activity === undefined) report('lost', draft.id ?? '', 'logged after the erasure, but not stored');
      else if (!isSame(draft, activity))
        report('changed', draft.id ?? '', 'logged after the erasure, but stored with other content');
    }
    if (withLetters.has(userId)) report('kept', userId, 'a dead letter has its name');
  }
  for (const id of repeated(stored.map((activity) => activity.id)))
    report('doubled', id, 'the API lists it twice');
  return violations;
}

/** Returns what is wrong with an activity that was logged before its user was erased. */
function faultOf(
  draft: Draft,
  activity: ActivityJson | undefined,
  mode: ErasedUser['mode'],
): string | undefined {
  if (mode === 'erase') return activity === undefined ? undefined : 'logged before the erasure, and stored';
  if (activity === undefined) return 'logged before it was to be anonymised, and not stored';
  const isAnonymous = activity.userId.startsWith('anon_') && Object.keys(activity.metadata).length === 0;
  if (!isAnonymous) return 'logged before it was to be anonymised, and stored with its user or its metadata';
  return activity.type === draft.type ? undefined : 'anonymised with another type';
}
