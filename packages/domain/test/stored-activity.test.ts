import { anyActivity, sampleActivity } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  ActivityPage,
  type JsonObject,
  maxPageBytes,
  MetadataText,
  StoredActivity,
  type UserActivity,
  UserId,
} from '../src/index.ts';

test('converts back to the activity, and its text is the JSON of the activity', () => {
  fc.assert(
    fc.property(anyActivity, (activity) => {
      const stored = StoredActivity.of(activity);
      expect(stored.toActivity()).toEqual(activity);
      const { project: _unnamed, ...answer } = activity.toJSON();
      expect(stored.toText()).toBe(JSON.stringify(answer));
      expect(stored.maxTextBytes()).toBeGreaterThanOrEqual(stored.textBytes());
    }),
  );
});

test.each(['\u0001', '\u2028', 'a'])(
  'the upper bound of its size is never too low, even if all texts consist of %j',
  (character) => {
    const userId = UserId.trusted(character.repeat(256));
    const sample = sampleActivity({
      id: `pk.${'a'.repeat(43)}`,
      metadata: { text: character.repeat(1000) },
    });
    const { project, id, type, createdAt, receivedAt } = sample;
    const metadata = MetadataText.of(sample.metadata);
    const stored = StoredActivity.rehydrate({ project, id, userId, type, metadata, createdAt, receivedAt });
    expect(stored.textBytes()).toBe(new TextEncoder().encode(stored.toText()).length);
    expect(stored.maxTextBytes()).toBeGreaterThanOrEqual(stored.textBytes());
  },
);

const withText = (activity: UserActivity, text: string): StoredActivity => {
  const { project, id, userId, type, createdAt, receivedAt } = activity;
  const metadata = MetadataText.trusted(text);
  return StoredActivity.rehydrate({ project, id, userId, type, metadata, createdAt, receivedAt });
};

test('returns the text of its metadata unchanged', () => {
  const text = '{"not JSON": \n';
  expect(withText(sampleActivity(), text).toText()).toContain(`"metadata":${text},"createdAt"`);
});

describe('compared with a new activity', () => {
  const first = { a: 1, '\n': { b: [1, 2] } };
  const stored = (metadata: JsonObject) => StoredActivity.of(sampleActivity({ id: 'a', metadata }));
  const newActivity = (metadata: JsonObject): UserActivity => sampleActivity({ id: 'a', metadata });

  test.each([
    ['the very same', first, 'redelivered'],
    ['members in another order', { '\n': { b: [1, 2] }, a: 1 }, 'redelivered'],
    ['another value', { a: 2, '\n': { b: [1, 2] } }, 'conflict'],
    ['one member less', { a: 1 }, 'conflict'],
  ])('%s', (_, metadata, comparison) =>
    expect(stored(first).compare(newActivity(metadata))).toBe(comparison),
  );

  test('the metadata is not parsed if the texts are equal', () => {
    const parse = vi.spyOn(MetadataText, 'parse');
    onTestFinished(() => parse.mockRestore());
    const unparsed = withText(sampleActivity({ id: 'a' }), '{"a":1}');
    expect(unparsed.compare(newActivity({ a: 1 }))).toBe('redelivered');
    expect(parse).not.toHaveBeenCalled();
    expect(unparsed.compare(newActivity({ a: 2 }))).toBe('conflict');
    expect(parse).toHaveBeenCalledOnce();
  });
});

describe('a page', () => {
  const head = withText(sampleActivity({ id: 'a' }), '').toText().length;
  const sized = (bytes: number): StoredActivity =>
    withText(sampleActivity({ id: 'a' }), 'x'.repeat(bytes - head));
  const lengthOf = (limit: number, ...sizes: readonly number[]) => {
    const { activities, hasMore } = ActivityPage.of(sizes.map(sized), limit);
    return [activities.length, hasMore];
  };
  const half = maxPageBytes / 2;

  test('ends at its limit, or after the last activity', () => {
    expect(lengthOf(2, 500, 500, 500)).toEqual([2, true]);
    expect(lengthOf(3, 500, 500, 500)).toEqual([3, false]);
    expect(lengthOf(3)).toEqual([0, false]);
  });

  test('ends before the activity with which it would take more than 4 MiB', () => {
    expect(lengthOf(9, half, half)).toEqual([2, false]);
    expect(lengthOf(9, half, half, 500)).toEqual([2, true]);
    expect(lengthOf(9, half, half + 1)).toEqual([1, true]);
  });

  test('has at least one activity, however large', () => {
    expect(lengthOf(9, 3 * half)).toEqual([1, false]);
    expect(lengthOf(9, 3 * half, 500)).toEqual([1, true]);
  });
});
