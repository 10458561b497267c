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
  PublicId,
  reasonOf,
  type RecordingDeps,
  type Sender,
  Timestamp,
  unlessBroken,
  UserActivity,
  type Violation,
} from '@user-activity/domain';
import { errorWithIds } from './error-with-ids.ts';
import { type BatchReceipt, FaultyDraft, recorded, type RejectedDraft } from './log-activities.ts';

/** A draft that was made from a call, and the parts of the call that the draft lacks. */
export interface MendedDraft {
  readonly activity: Readonly<Record<string, unknown>>;
  /** The lost parts, by their paths in the call. If there are any, the call also becomes a dead letter. */
  readonly losses: readonly Violation[];
}

/** A call that a client of another system made, such as a Segment call. */
export interface Call {
  /** The id of the activity; undefined if the call has none. */
  readonly id: unknown;
  /** The draft, or the violations because of which there is none, with paths in the call. */
  readonly draft: MendedDraft | FaultyDraft;
  /** The path of the time in the call. Absent if it is `/createdAt`. */
  readonly timePath?: string;
  /** Returns the draft without its time, for a time too far in the future. */
  undated(): MendedDraft | FaultyDraft;
  /** Returns the call as a dead letter keeps it. Its origin is derived from its content, so that a retry gives the same letter. */
  original(): OriginalRecord;
}

/** The calls of a request in portions, as they arrive. Each portion is checked before the next is requested. */
export type CallPortions = Iterable<readonly Call[]> | AsyncIterable<readonly Call[]>;

export interface CallsReceipt extends BatchReceipt {
  /** Accepted calls that lost a part. They are dead letters too. */
  readonly incomplete: readonly RejectedDraft[];
}

/** The maximum number of bytes that `metadata.original` may add to the metadata of a call. */
export const maxOriginalBytes: number = 16 * 1024;

/**
 * Logs the calls of clients that silently drop refused calls. So nothing is lost: a call that can't become an activity, or not a
 * whole one, becomes a dead letter (code `invalid`) with the faults by their paths in the call. A time too far in the future is
 * left out. The metadata may exceed the limit by `maxOriginalBytes`. Resolves only after the log holds the activities and the queue
 * holds the dead letters. Throws LOG_UNAVAILABLE, LOG_BUSY and STORE_UNAVAILABLE with the ids with which all calls can be sent
 * again safely. Errors of the portions reach the caller, and nothing is logged.
 */
export type LogCalls = (sender: Sender, calls: CallPortions) => Promise<CallsReceipt>;

export const makeLogCalls = (
  deps: RecordingDeps & { readonly publisher: EventPublisher; readonly deadLetterQueue: DeadLetterQueue },
): LogCalls => {
  const maxMetadataBytes = deps.rules.maxMetadataBytes + maxOriginalBytes;
  const rules = { ...deps.rules, maxMetadataBytes };
  return async function logCalls(sender, portions) {
    const ids: (ActivityId | null)[] = [];
    const idsToRepeat: (ActivityId | null)[] = [];
    const rejected: RejectedDraft[] = [];
    const incomplete: RejectedDraft[] = [];
    const events: ActivityLogged[] = [];
    // Equal calls of a request have the same origin, and so give one letter.
    const letters = new Map<DeadLetterId, DeadLetter>();
    const explanationBudget = new ExplanationBudget();
    const activityIdOf = ({ id }: Call): ActivityId | undefined => {
      const sent = id === undefined ? undefined : unlessBroken(() => ActivityId.parse(id));
      const { publicKey } = sender;
      return sent === undefined || publicKey === undefined ? sent : PublicId.of(publicKey, sent, deps.ids);
    };
    const addLetter = (call: Call, faults: readonly Violation[], listed: RejectedDraft[]): void => {
      const violations = explanationBudget.explain(faults);
      listed.push({ index: ids.length, violations });
      const original = call.original();
      const letterId = DeadLetterId.of(original.origin);
      if (!letters.has(letterId))
        letters.set(letterId, letterOf(sender, activityIdOf(call), original, violations, deps.clock.now()));
    };
    const check = (call: Call): void => {
      // One reading for both checks: the clock may be set back in between.
      const now = deps.clock.now();
      const draft = isAhead(call.draft, now) ? call.undated() : call.draft;
      const { activity, losses } = draft instanceof FaultyDraft ? { activity: draft, losses: [] } : draft;
      const recording = { clock: { now: () => now }, ids: deps.ids, rules };
      const result = recorded(sender, activity, recording, explanationBudget.collector());
      if (!('activity' in result)) addLetter(call, result.map(inCall(call)), rejected);
      else {
        events.push(activityLogged(result.activity));
        if (losses.length > 0) addLetter(call, losses, incomplete);
      }
      ids.push('activity' in result ? result.activity.id : null);
      idsToRepeat.push('activity' in result ? result.idToRepeat : null);
    };
    for await (const portion of portions) portion.forEach(check);
    try {
      if (events.length > 0) await deps.publisher.publish(events);
      if (letters.size > 0) await deps.deadLetterQueue.add([...letters.values()]);
    } catch (error) {
      throw errorWithIds(error, idsToRepeat);
    }
    const { unexplained } = explanationBudget;
    return { accepted: events.length, ids, rejected, incomplete, unexplained };
  };
};

function isAhead(draft: Call['draft'], now: Timestamp): boolean {
  const createdAt = draft instanceof FaultyDraft ? undefined : draft.activity['createdAt'];
  if (createdAt === undefined) return false;
  const moment = unlessBroken(() => Timestamp.parse(createdAt));
  return moment !== undefined && UserActivity.isAhead(moment, now);
}

/** Returns a function that gives a violation of the draft's time its path in the call. */
const inCall =
  ({ timePath }: Call) =>
  (violation: Violation): Violation =>
    timePath !== undefined && violation.path === '/createdAt' ? { ...violation, path: timePath } : violation;

const noReason = 'breaks a rule; too many calls of its request did, so that not all are explained';

function letterOf(
  { project }: Sender,
  activityId: ActivityId | undefined,
  original: OriginalRecord,
  violations: readonly Violation[],
  diedAt: Timestamp,
): DeadLetter {
  return {
    ...original,
    project,
    code: 'invalid',
    reason: violations.length > 0 ? reasonOf(violations) : noReason,
    diedAt,
    ...(activityId === undefined ? {} : { activityId }),
  };
}
