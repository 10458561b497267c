import {
  ActivityId,
  type RecordingDeps,
  type Sender,
  UserActivity,
  type Violations,
} from '@user-activity/domain';

export interface RecordedDraft {
  readonly activity: UserActivity;
  /**
   * The id with which the sender can send the draft again without a duplicate. It is the id of the activity. For senders with a public key,
   * it is the id from which the id of the activity is derived.
   */
  readonly idToRepeat: ActivityId;
}

/** Makes an activity of a draft. Throws as `UserActivity.record` does. */
export function recordDraft(
  sender: Sender,
  draft: unknown,
  deps: RecordingDeps,
  violations?: Violations,
): RecordedDraft {
  if (sender.publicKey === undefined) {
    const activity = UserActivity.record(sender, draft, deps, violations);
    return { activity, idToRepeat: activity.id };
  }
  const ownId = idIn(draft) ?? deps.ids.next();
  const activity = UserActivity.record(sender, withId(draft, ownId), deps, violations);
  return { activity, idToRepeat: ActivityId.parse(ownId) };
}

const isObject = (draft: unknown): draft is object =>
  typeof draft === 'object' && draft !== null && !Array.isArray(draft);

const idIn = (draft: unknown): unknown =>
  isObject(draft) && Object.hasOwn(draft, 'id') ? Reflect.get(draft, 'id') : undefined;

const withId = (draft: unknown, id: unknown): unknown => (isObject(draft) ? { ...draft, id } : draft);
