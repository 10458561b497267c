import {
  ActivityId,
  type ActivityLogged,
  activityLogged,
  type DeadLetter,
  DeadLetterId,
  type DeadLetterQueue,
  type EventPublisher,
  ExplanationBudget,
  type OriginalRecord,
  reasonOf,
  type RecordingDeps,
  Timestamp,
  unlessBroken,
  UserActivity,
  type Violation,
} from '@user-activity/domain';
import { type BatchReceipt, FaultyDraft, recorded, type RejectedDraft } from './log-activities.ts';
import { withIdsOnError } from './with-ids-on-error.ts';

/** The draft of an activity, and the parts of its call that are not in it. */
export interface MendedDraft {
  readonly activity: Readonly<Record<string, unknown>>;
  /** By places in the call. If there are any, the call is a dead letter too. */
  readonly losses: readonly Violation[];
}

/** What a client of another system calls, in words of ours. */
export interface Call {
  /** The id that it gives the activity; undefined if it gives none. */
  readonly id: unknown;
  /** The activity that it tells of, or why there is none, by places in the call. */
  readonly draft: MendedDraft | FaultyDraft;
  /** The draft without its time, for a time that is too far ahead. */
  undated(): MendedDraft | FaultyDraft;
  /** The call as a dead letter keeps it; its origin is derived from what it says, so that a retry is the same letter. */
  original(): OriginalRecord;
}

/** The calls of a request in portions: those that came are judged before the next are asked for. */
export type CallPortions = Iterable<readonly Call[]> | AsyncIterable<readonly Call[]>;

/** The outcome of calls. */
export interface CallsReceipt extends BatchReceipt {
  /** Calls among the accepted of which something is not in the activity, by their index: they are dead letters too. */
  readonly incomplete: readonly RejectedDraft[];
}

/** The maximum of bytes that `metadata.original` may add to the metadata of a call. */
export const originalsBytes: number = 16 * 1024;

/**
 * Takes in what clients of another system call, which drop what is not taken and tell nobody: so a call that can't be an activity is a
 * dead letter (code `invalid`), with its faults by places in the call, and one that can't be stored whole is one too. A time that is too
 * far ahead is left out. The metadata may exceed the limit by `originalsBytes`. Resolves only after the log holds the activities and the
 * dead letters these. Throws LOG_UNAVAILABLE, LOG_BUSY and STORE_UNAVAILABLE, with the ids: sending all of it again under them is safe.
 * What the portions throw goes to the caller, and nothing was taken in.
 */
export type LogCalls = (calls: CallPortions) => Promise<CallsReceipt>;

export const makeLogCalls = (
  deps: RecordingDeps & { readonly publisher: EventPublisher; readonly deadLetterQueue: DeadLetterQueue },
): LogCalls => {
  const maxMetadataBytes = deps.rules.maxMetadataBytes + originalsBytes;
  const rules = { ...deps.rules, maxMetadataBytes };
  return async function logCalls(portions) {
    const ids: (ActivityId | null)[] = [];
    const rejected: RejectedDraft[] = [];
    const incomplete: RejectedDraft[] = [];
    const events: ActivityLogged[] = [];
    // Equal calls have one origin, and one letter, however many there are in a request.
    const letters = new Map<DeadLetterId, DeadLetter>();
    const explanations = new ExplanationBudget();
    const bury = (call: Call, faults: readonly Violation[], listed: RejectedDraft[]): void => {
      const violations = explanations.explain(faults);
      listed.push({ index: ids.length, violations });
      const original = call.original();
      const letterId = DeadLetterId.of(original.origin);
      if (!letters.has(letterId))
        letters.set(letterId, letterOf(call, original, violations, deps.clock.now()));
    };
    const judge = (call: Call): void => {
      // One moment for all that is asked of it, as the clock may be set back in between.
      const now = deps.clock.now();
      const draft = isAhead(call.draft, now) ? call.undated() : call.draft;
      const { activity, losses } = draft instanceof FaultyDraft ? { activity: draft, losses: [] } : draft;
      const around = { clock: { now: () => now }, ids: deps.ids, rules };
      const judged = recorded(activity, around, explanations.collector());
      if (!(judged instanceof UserActivity)) bury(call, judged, rejected);
      else {
        events.push(activityLogged(judged));
        if (losses.length > 0) bury(call, losses, incomplete);
      }
      ids.push(judged instanceof UserActivity ? judged.id : null);
    };
    for await (const portion of portions) portion.forEach(judge);
    await withIdsOnError(ids, async () => {
      if (events.length > 0) await deps.publisher.publish(events);
      if (letters.size > 0) await deps.deadLetterQueue.add([...letters.values()]);
    });
    const { unexplained } = explanations;
    return { accepted: events.length, ids, rejected, incomplete, unexplained };
  };
};

function isAhead(draft: Call['draft'], now: Timestamp): boolean {
  const createdAt = draft instanceof FaultyDraft ? undefined : draft.activity['createdAt'];
  if (createdAt === undefined) return false;
  const moment = unlessBroken(() => Timestamp.parse(createdAt));
  return moment !== undefined && UserActivity.isAhead(moment, now);
}

const noReason = 'breaks a rule; too many calls of its request did, so that not all are explained';

function letterOf(
  { id }: Call,
  original: OriginalRecord,
  violations: readonly Violation[],
  diedAt: Timestamp,
): DeadLetter {
  const activityId = id === undefined ? undefined : unlessBroken(() => ActivityId.parse(id));
  return {
    ...original,
    code: 'invalid',
    reason: violations.length > 0 ? reasonOf(violations) : noReason,
    diedAt,
    ...(activityId === undefined ? {} : { activityId }),
  };
}
