import {
  ActivityId,
  type ActivityLogged,
  activityLogged,
  type Clock,
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
import { named } from './named.ts';

/** What a client of another system calls, in words of ours. */
export interface Call {
  /** The id that it gives the activity, as it stands; undefined where it gives none. */
  readonly id: unknown;
  /** The activity that it tells of. */
  readonly draft: Readonly<Record<string, unknown>> | FaultyDraft;
  /** Where in the call lies what a path names in the draft: both are JSON Pointers. */
  placeOf(path: string): string;
  /** The call as a dead letter keeps it; its origin is derived from what it says, so that a retry is the same letter. */
  original(): OriginalRecord;
}

/** The calls of a request in portions: those that came are judged before the next are asked for. */
export type CallPortions = Iterable<readonly Call[]> | AsyncIterable<readonly Call[]>;

/**
 * Takes in what clients of another system call, which drop what is not taken and tell nobody: so calls that break a rule go to the
 * dead letters too (code `invalid`), with their faults by places in the call. A time that is too far ahead is left out. Resolves only
 * after the log holds the others and the dead letters these. Throws LOG_UNAVAILABLE, LOG_BUSY and STORE_UNAVAILABLE, with
 * the ids: sending all of it again under them is safe. Calls with an id of their own need not be told. What the portions throw
 * goes to the caller, and nothing was taken in.
 */
export type LogCalls = (calls: CallPortions) => Promise<BatchReceipt>;

export const makeLogCalls = (
  deps: RecordingDeps & { readonly publisher: EventPublisher; readonly deadLetters: DeadLetterQueue },
): LogCalls =>
  async function logCalls(portions) {
    const ids: (ActivityId | null)[] = [];
    const rejected: RejectedDraft[] = [];
    const events: ActivityLogged[] = [];
    // Equal calls have one origin, and one letter, however many there are in a request.
    const letters = new Map<DeadLetterId, DeadLetter>();
    const explanations = new ExplanationBudget();
    const judge = (call: Call): void => {
      const judged = recorded(inTime(call.draft, deps.clock), deps, explanations.collector());
      if (judged instanceof UserActivity) {
        events.push(activityLogged(judged));
        ids.push(judged.id);
      } else {
        const violations = explanations
          .explain(judged)
          .map(({ path, message }) => ({ path: call.placeOf(path), message }));
        rejected.push({ index: ids.length, violations });
        const original = call.original();
        const letterId = DeadLetterId.of(original.origin);
        if (!letters.has(letterId)) letters.set(letterId, letterOf(call, original, violations, deps.clock));
        ids.push(null);
      }
    };
    for await (const portion of portions) portion.forEach(judge);
    await named(ids, async () => {
      if (events.length > 0) await deps.publisher.publish(events);
      if (letters.size > 0) await deps.deadLetters.add([...letters.values()]);
    });
    return { accepted: events.length, ids, rejected, unexplained: explanations.unexplained };
  };

/** The draft without a time that lies too far ahead: it is then when it was received. */
function inTime(draft: Call['draft'], clock: Clock): unknown {
  if (draft instanceof FaultyDraft || draft['createdAt'] === undefined) return draft;
  const moment = unlessBroken(() => Timestamp.parse(draft['createdAt']));
  if (moment === undefined || !UserActivity.isAhead(moment, clock.now())) return draft;
  const { createdAt: _ahead, ...undated } = draft;
  return undated;
}

const noReason = 'breaks a rule; too many calls of its request did, so that not all are explained';

function letterOf(
  { id }: Call,
  original: OriginalRecord,
  violations: readonly Violation[],
  clock: Clock,
): DeadLetter {
  const activityId = id === undefined ? undefined : unlessBroken(() => ActivityId.parse(id));
  return {
    ...original,
    code: 'invalid',
    reason: violations.length > 0 ? reasonOf(violations) : noReason,
    diedAt: clock.now(),
    ...(activityId === undefined ? {} : { activityId }),
  };
}
