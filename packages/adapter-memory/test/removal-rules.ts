import {
  type ActivityKeyText,
  type ErasedUserRecord,
  isCovered,
  type Placed,
  type PlacedErasure,
  UserActivity,
  type UserId,
} from '@user-activity/domain';
import type { MemoryStore } from '../src/index.ts';

/** The rules by which a ledger removes activities. */
export interface Rules {
  readonly belongs: (activity: UserActivity, userId: UserId) => boolean;
  readonly covers: (placed: Placed, erasure: PlacedErasure) => boolean;
  readonly anonymise: (activity: UserActivity, replacement: UserId) => UserActivity;
  /** Called after an activity was anonymised. */
  readonly afterwards: (key: ActivityKeyText, store: MemoryStore) => void;
}

/** The rules of a ledger that keeps its promises. */
export const sound: Rules = {
  belongs: ({ userId }, of) => userId === of,
  covers: isCovered,
  anonymise: (activity, replacement) => activity.anonymised(replacement),
  afterwards: () => undefined,
};

/** Removes or anonymises an activity by the rules. Returns whether it did. */
export function remove(
  store: MemoryStore,
  { belongs, covers, anonymise, afterwards }: Rules,
  record: Omit<ErasedUserRecord, 'project' | 'id'>,
  key: ActivityKeyText,
): boolean {
  const activity = store.activities.get(key);
  if (activity === undefined || !belongs(activity, record.userId)) return false;
  const { receivedAt } = activity;
  if (!covers({ origin: store.origins.get(key), receivedAt }, record.erasure)) return false;
  if (record.replacement === undefined) store.remove(key);
  else {
    store.activities.set(key, anonymise(activity, record.replacement));
    afterwards(key, store);
  }
  return true;
}

/** Replaces the user of an activity, and keeps its metadata. */
export const withUser = (activity: UserActivity, userId: UserId): UserActivity => {
  const { project, id, type, metadata, createdAt, receivedAt } = activity;
  return UserActivity.rehydrate({ project, id, userId, type, metadata, createdAt, receivedAt });
};

/** Covers every activity with a lower offset, whatever its log and partition. */
export const anyOffset = (placed: Placed, { place }: PlacedErasure) =>
  placed.origin === undefined || placed.origin.offset < place.offset;
