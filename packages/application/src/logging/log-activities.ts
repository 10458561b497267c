import {
  type ActivityId,
  type ActivityLogged,
  activityLogged,
  type EventPublisher,
  ExplanationBudget,
  isDomainError,
  type RecordingDeps,
  UserActivity,
  type Violation,
  type Violations,
} from '@user-activity/domain';
import { withIdsOnError } from './with-ids-on-error.ts';

/** What became of a batch. */
export interface BatchReceipt {
  /** How many were taken in. */
  readonly accepted: number;
  /** The id of each draft, in their order; null where it was rejected. */
  readonly ids: readonly (ActivityId | null)[];
  /** The drafts that break a rule, by their index from 0. */
  readonly rejected: readonly RejectedDraft[];
  /** How many of the rejected have no violations listed, because the budget of the batch was spent. */
  readonly unexplained: number;
}

export interface RejectedDraft {
  readonly index: number;
  /** Empty if the budget of the batch was spent. */
  readonly violations: readonly Violation[];
}

/** Stands in a batch for a draft of which is known already what is wrong: nobody could read it. */
export class FaultyDraft {
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    this.violations = violations;
  }
}

/** The drafts of a batch in portions, as they arrive: those that came are judged, and let go, before the next are asked for. */
export type DraftPortions = Iterable<readonly unknown[]> | AsyncIterable<readonly unknown[]>;

/** How a batch is to be judged. */
export interface BatchOptions {
  /** Whether a single draft that breaks a rule has all of them rejected. */
  readonly atomic?: boolean;
  /** The budget of a caller that judges drafts itself; by default each batch has its own. */
  readonly explanations?: ExplanationBudget;
}

/**
 * Takes in those of many drafts that keep the rules, each judged by itself. Resolves only after the log holds all of
 * these. Throws LOG_UNAVAILABLE and LOG_BUSY, with the ids of all drafts: sending the whole batch again under them is safe.
 * Throws what the portions throw, after which nothing was taken in: an InputFault; any other error is a bug.
 */
export type LogActivities = (drafts: DraftPortions, options?: BatchOptions) => Promise<BatchReceipt>;

export const makeLogActivities = (
  deps: RecordingDeps & { readonly publisher: EventPublisher },
): LogActivities =>
  async function logActivities(portions, { atomic = false, explanations = new ExplanationBudget() } = {}) {
    const ids: (ActivityId | null)[] = [];
    const rejected: RejectedDraft[] = [];
    const events: ActivityLogged[] = [];
    const judge = (draft: unknown): void => {
      const judged = recorded(draft, deps, explanations.collector());
      if (judged instanceof UserActivity) events.push(activityLogged(judged));
      else rejected.push({ index: ids.length, violations: explanations.explain(judged) });
      ids.push(judged instanceof UserActivity ? judged.id : null);
    };
    for await (const portion of portions) portion.forEach(judge);
    const { unexplained } = explanations;
    if (atomic && rejected.length > 0)
      return { accepted: 0, ids: ids.map(() => null), rejected, unexplained };
    if (events.length > 0) await withIdsOnError(ids, () => deps.publisher.publish(events));
    return { accepted: events.length, ids, rejected, unexplained };
  };

/** The activity, or what is wrong with its draft, as far as `violations` lists it. */
export function recorded(
  draft: unknown,
  deps: RecordingDeps,
  violations: Violations,
): UserActivity | readonly Violation[] {
  if (draft instanceof FaultyDraft) return draft.violations;
  try {
    return UserActivity.record(draft, deps, violations);
  } catch (error) {
    if (!isDomainError(error, 'INVALID_ACTIVITY')) throw error;
    return error.violations;
  }
}
