import {
  type ActivityId,
  type ActivityLogged,
  activityLogged,
  type EventPublisher,
  isDomainError,
  type RecordingDeps,
  UserActivity,
  type Violation,
} from '@user-activity/domain';
import { publishNamed } from './publish-named.ts';

/** What became of a batch. */
export interface BatchReceipt {
  /** How many were taken in. */
  readonly accepted: number;
  /** The id of each draft, in their order; null where it was rejected. */
  readonly ids: readonly (ActivityId | null)[];
  /** The drafts that break a rule, by their index from 0. */
  readonly rejected: readonly RejectedDraft[];
}

export interface RejectedDraft {
  readonly index: number;
  readonly violations: readonly Violation[];
}

/**
 * Takes in those of many drafts that keep the rules, each judged by itself. Resolves only after the log holds all of
 * these. Throws LOG_UNAVAILABLE and LOG_BUSY, with the ids of all drafts: sending the whole batch again under them is safe.
 */
export type LogActivities = (drafts: readonly unknown[]) => Promise<BatchReceipt>;

export const makeLogActivities = (
  deps: RecordingDeps & { readonly publisher: EventPublisher },
): LogActivities =>
  async function logActivities(drafts) {
    const ids: (ActivityId | null)[] = [];
    const rejected: RejectedDraft[] = [];
    const events: ActivityLogged[] = [];
    for (const [index, draft] of drafts.entries()) {
      try {
        const activity = UserActivity.record(draft, deps);
        events.push(activityLogged(activity));
        ids.push(activity.id);
      } catch (error) {
        if (!isDomainError(error, 'INVALID_ACTIVITY')) throw error;
        rejected.push({ index, violations: error.violations });
        ids.push(null);
      }
    }
    if (events.length > 0) await publishNamed(deps.publisher, events, ids);
    return { accepted: events.length, ids, rejected };
  };
