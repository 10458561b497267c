import {
  type ActivityId,
  type ActivityLogged,
  activityLogged,
  type EventPublisher,
  ExplanationBudget,
  isDomainError,
  type RecordingDeps,
  type Sender,
  type Violation,
  type Violations,
} from '@user-activity/domain';
import { errorWithIds } from './error-with-ids.ts';
import { type RecordedDraft, recordDraft } from './record-draft.ts';

/** The result of logging a batch. */
export interface BatchReceipt {
  /** The number of drafts that were logged. */
  readonly accepted: number;
  /** The id of each draft, in order. Null for a rejected draft. */
  readonly ids: readonly (ActivityId | null)[];
  /** The drafts that break a rule. */
  readonly rejected: readonly RejectedDraft[];
  /** The number of rejected drafts without violations, because earlier ones used up the batch's explanation budget. */
  readonly unexplained: number;
}

export interface RejectedDraft {
  /** The index of the draft in its batch, from 0. */
  readonly index: number;
  /** Empty if the batch's explanation budget was used up. */
  readonly violations: readonly Violation[];
}

/** Stands for a draft that could not be read. */
export class FaultyDraft {
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    this.violations = violations;
  }
}

/** The drafts of a batch in portions, as they arrive. Each portion is checked and can be freed before the next one is requested. */
export type DraftPortions = Iterable<readonly unknown[]> | AsyncIterable<readonly unknown[]>;

export interface BatchOptions {
  /** Whether one invalid draft rejects the whole batch. */
  readonly atomic?: boolean;
  /** Limits the violations that are listed. A caller can share one budget among batches. Default: a new one. */
  readonly explanations?: ExplanationBudget;
}

/**
 * Logs the valid drafts of a batch. Resolves only after the log holds all of them. Throws LOG_UNAVAILABLE and LOG_BUSY with the ids
 * of all drafts; a sender that sends the drafts again with these ids causes no duplicates. Also throws what the portions throw, such as
 * an InputFault; then nothing is logged.
 */
export type LogActivities = (
  sender: Sender,
  drafts: DraftPortions,
  options?: BatchOptions,
) => Promise<BatchReceipt>;

export const makeLogActivities = (
  deps: RecordingDeps & { readonly publisher: EventPublisher },
): LogActivities =>
  async function logActivities(
    sender,
    portions,
    { atomic = false, explanations = new ExplanationBudget() } = {},
  ) {
    const ids: (ActivityId | null)[] = [];
    const idsToRepeat: (ActivityId | null)[] = [];
    const rejected: RejectedDraft[] = [];
    const events: ActivityLogged[] = [];
    const check = (draft: unknown): void => {
      const result = recordedOrViolations(sender, draft, deps, explanations.collector());
      if ('activity' in result) {
        events.push(activityLogged(result.activity));
        ids.push(result.activity.id);
        idsToRepeat.push(result.idToRepeat);
      } else {
        rejected.push({ index: ids.length, violations: explanations.explain(result) });
        ids.push(null);
        idsToRepeat.push(null);
      }
    };
    for await (const portion of portions) portion.forEach(check);
    const { unexplained } = explanations;
    if (atomic && rejected.length > 0)
      return { accepted: 0, ids: ids.map(() => null), rejected, unexplained };
    try {
      if (events.length > 0) await deps.publisher.publish(events);
    } catch (error) {
      throw errorWithIds(error, idsToRepeat);
    }
    return { accepted: events.length, ids, rejected, unexplained };
  };

/** Makes an activity of a draft. Returns the violations if the draft breaks a rule, as far as `violations` collects them. */
export function recordedOrViolations(
  sender: Sender,
  draft: unknown,
  deps: RecordingDeps,
  violations: Violations,
): RecordedDraft | readonly Violation[] {
  if (draft instanceof FaultyDraft) return draft.violations;
  try {
    return recordDraft(sender, draft, deps, violations);
  } catch (error) {
    if (!isDomainError(error, 'INVALID_ACTIVITY')) throw error;
    return error.violations;
  }
}
