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
import {
  type BatchReceipt,
  FaultyDraft,
  recordedOrViolations,
  type RejectedDraft,
} from './log-activities.ts';

/** A draft that was made from a call, and the parts of the call that the draft lacks. */
export interface MendedDraft {
  readonly activity: Readonly<Record<string, unknown>>;
  /** A violation for each part that the draft lacks, with its path in the call. If there are any, the call also becomes a dead letter. */
  readonly losses: readonly Violation[];
}

/** A call by a client that was made for another service, such as Segment. */
export interface Call {
  /** The id of the activity; undefined if the call has none. */
  readonly id: unknown;
  /** The draft that was made from the call. If none could be made: the violations, with paths in the call. */
  readonly draft: MendedDraft | FaultyDraft;
  /** The path of the activity's time in the call. Default: `/createdAt`. */
  readonly timePath?: string;
  /** Returns the draft without its time, for use if the time is too far in the future. */
  undated(): MendedDraft | FaultyDraft;
  /** Returns the call as a dead letter keeps it. The origin is derived from the content, so that a repeated call gives the same letter. */
  original(): OriginalRecord;
}

/** The calls of a request in portions, as they arrive. Each portion is checked before the next is requested. */
export type CallPortions = Iterable<readonly Call[]> | AsyncIterable<readonly Call[]>;

/** The result of logging the calls of a request. */
export interface CallsReceipt extends BatchReceipt {
  /** The accepted calls that lost a part. They became dead letters too. */
  readonly incomplete: readonly RejectedDraft[];
}

/** The maximum size of `metadata.original`, in bytes. The metadata of a call may exceed the usual limit by this number. */
export const maxOriginalBytes: number = 16 * 1024;

/**
 * Logs the calls of clients that silently drop a call if it is refused. To lose nothing, a call that can't become a complete activity
 * becomes a dead letter (code `invalid`) that lists the violations. A time too far in the future is
 * left out. The metadata may exceed the limit by `maxOriginalBytes`. Resolves only after the log holds the activities and the queue
 * holds the dead letters. Throws LOG_UNAVAILABLE, LOG_BUSY and STORE_UNAVAILABLE with the ids of all calls; sending the calls
 * again with these ids causes no duplicates. Also throws what the portions throw; then nothing is logged.
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
    // Equal calls of a request have the same origin, so they become one letter.
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
      // Both checks use the same time, because the clock may be set back in between.
      const now = deps.clock.now();
      const draft = isAhead(call.draft, now) ? call.undated() : call.draft;
      const { activity, losses } = draft instanceof FaultyDraft ? { activity: draft, losses: [] } : draft;
      const recording = { clock: { now: () => now }, ids: deps.ids, rules };
      const result = recordedOrViolations(sender, activity, recording, explanationBudget.collector());
      if (!('activity' in result)) addLetter(call, result.map(withPathInCall(call)), rejected);
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

/** Returns a function that replaces the path of a violation in the draft by the path in the call, if it differs. */
const withPathInCall =
  ({ timePath }: Call) =>
  (violation: Violation): Violation =>
    timePath !== undefined && violation.path === '/createdAt' ? { ...violation, path: timePath } : violation;

const unexplainedReason =
  'breaks a rule; the details are missing because too many calls of the same request break one';

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
    reason: violations.length > 0 ? reasonOf(violations) : unexplainedReason,
    diedAt,
    ...(activityId === undefined ? {} : { activityId }),
  };
}
