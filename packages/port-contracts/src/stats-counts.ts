import assert from 'node:assert/strict';
import {
  type ActivityFilter,
  type ActivityRepository,
  type KeyField,
  MetadataCondition,
  type SlotCount,
  Timestamp,
  type TimeSlots,
  type UserActivity,
} from '@user-activity/domain';

/** A limit higher than the number of keys and slots in any case. */
const highLimit = 10_000;

/** Returns the time that is this many milliseconds after the beginning of 1970. */
export const at = (millis: number): Timestamp => Timestamp.fromMillis(millis);

/** Makes slots from the offsets of a time zone. `from` is the time from which an offset applies. */
export const slotsOf = (
  unitMs: number,
  ...offsets: readonly (readonly [from: number, offsetMs: number])[]
): TimeSlots => ({
  unitMs,
  offsets: offsets.map(([from, offsetMs]) => ({ from: at(from), offsetMs })),
});

/** Asserts that the counts by key and by slot are the same as if the activities were counted one by one. */
export async function assertCounts(
  repository: ActivityRepository,
  allActivities: readonly UserActivity[],
  filter: ActivityFilter,
  slots: TimeSlots,
): Promise<void> {
  const selected = allActivities.filter((activity) => isSelected(filter, activity));
  for (const field of ['type', 'userId'] as const)
    assert.deepEqual(
      await countsByKey(repository, filter, field),
      tally(selected.map((activity) => activity[field])),
    );
  const found = await countsBySlot(repository, filter, slots);
  assert.deepEqual(
    Object.fromEntries(found.map(([segment, slot, count]) => [`${segment} ${slot}`, count])),
    tally(selected.map(({ createdAt }) => slotAt(slots, createdAt))),
  );
  // A limit equal to the number of slots is enough. A limit lower by one is not.
  assert.equal((await countsBySlot(repository, filter, slots, found.length)).length, found.length);
  if (found.length > 0)
    assert.equal(await repository.countBySlot(filter, slots, found.length - 1), 'too-many');
}

/** Returns the counts by key. Asserts that no key is repeated. */
export async function countsByKey(
  repository: ActivityRepository,
  filter: ActivityFilter,
  field: KeyField,
): Promise<Record<string, number>> {
  const counts = await repository.countByKey(filter, field, highLimit);
  assert.ok(counts !== 'too-many');
  const found = Object.fromEntries(counts.map(({ key, count }) => [key, count]));
  assert.equal(Object.keys(found).length, counts.length, 'a key is repeated');
  return found;
}

/** Returns the counts by slot, in the order of time. Asserts that no slot is repeated. */
export async function countsBySlot(
  repository: ActivityRepository,
  filter: ActivityFilter,
  slots: TimeSlots,
  limit: number = highLimit,
): Promise<readonly (readonly [segment: number, slot: number, count: number])[]> {
  const counts = await repository.countBySlot(filter, slots, limit);
  assert.ok(counts !== 'too-many');
  const names = counts.map(({ segment, slot }: SlotCount) => `${segment} ${slot}`);
  assert.equal(new Set(names).size, counts.length, 'a slot is repeated');
  return counts
    .toSorted((a, b) => a.segment - b.segment || a.slot - b.slot)
    .map(({ segment, slot, count }) => [segment, slot, count] as const);
}

/** Returns whether an activity matches a filter. */
export const isSelected = (
  { userIds, types: wanted, createdAt, metadata }: ActivityFilter,
  activity: UserActivity,
): boolean =>
  (userIds.length === 0 || userIds.includes(activity.userId)) &&
  (wanted.length === 0 || wanted.includes(activity.type)) &&
  createdAt.holds(activity.createdAt) &&
  metadata.every((condition) => MetadataCondition.matches(condition, activity.metadata));

function slotAt({ unitMs, offsets }: TimeSlots, moment: Timestamp): string {
  const begun = offsets.filter(({ from }) => from <= moment).length;
  const segment = Math.max(1, begun) - 1;
  return `${segment} ${Math.floor((moment + (offsets[segment]?.offsetMs ?? 0)) / unitMs)}`;
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
