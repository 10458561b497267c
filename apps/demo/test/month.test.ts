import { defaultRecordingRules, ProjectId, Timestamp, UserActivity } from '@user-activity/domain';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { badReleaseSpan, outageSpan } from '../src/incidents/failures.ts';
import type { DemoActivity } from '../src/month/activity.ts';
import { Month, type MonthOptions } from '../src/month/month.ts';

const end = Date.UTC(2026, 10, 30, 14, 7, 5);
const hourMs = 3_600_000;

const portionsOf = (month: Month): readonly (readonly DemoActivity[])[] =>
  Array.from({ length: month.portionCount }, (_, index) => month.portion(index));
const activitiesOf = (options: MonthOptions): readonly DemoActivity[] =>
  portionsOf(new Month(options)).flat();

const anyMonth = fc.record({
  seed: fc.nat(2 ** 31 - 1),
  activities: fc.integer({ min: 1000, max: 12_000 }),
  users: fc.integer({ min: 10, max: 400 }),
  // The year includes any time of day, any day of the week, and days on which clocks change.
  end: fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
});

describe('any month', () => {
  test('has exactly the requested number of activities, each with its own id', () => {
    fc.assert(
      fc.property(anyMonth, (options) => {
        const activities = activitiesOf(options);
        expect(activities).toHaveLength(options.activities);
        expect(new Set(activities.map(({ id }) => id)).size).toBe(options.activities);
      }),
      { numRuns: 30 },
    );
  });

  test('has only activities that keep the rules of the domain and are within the month', () => {
    fc.assert(
      fc.property(anyMonth, (options) => {
        const deps = {
          clock: { now: () => Timestamp.fromMillis(options.end) },
          ids: { next: () => expect.fail('every activity has an id'), sha256: String },
          rules: defaultRecordingRules,
        };
        for (const draft of activitiesOf(options)) {
          const activity = UserActivity.record({ project: ProjectId.default }, draft, deps);
          expect(activity.createdAt).toBeLessThanOrEqual(options.end);
          expect(activity.createdAt).toBeGreaterThan(options.end - 32 * 24 * hourMs);
          expect([activity.id, activity.userId, activity.type]).toEqual([draft.id, draft.userId, draft.type]);
        }
      }),
      { numRuns: 15 },
    );
  });

  test('is the same each time, and each portion can be made alone', () => {
    fc.assert(
      fc.property(anyMonth, fc.nat(), (options, number) => {
        const all = portionsOf(new Month(options));
        const again = new Month(options);
        const index = number % again.portionCount;
        expect(again.portionCount).toBe(all.length);
        expect(again.portion(index)).toEqual(all[index]);
        expect(again.countBefore(index)).toBe(all.slice(0, index).flat().length);
      }),
      { numRuns: 20 },
    );
  });

  test('has incidents whose filters match their activities', () => {
    fc.assert(
      fc.property(anyMonth, (options) => {
        for (const { filter, happenings } of new Month(options).incidents)
          for (const { userId, type, at } of happenings) {
            expect(at).toSatisfy((moment: number) => moment >= filter.from && moment < filter.to);
            expect(filter.userId ?? userId).toBe(userId);
            expect(filter.type ?? [type]).toContain(type);
          }
      }),
      { numRuns: 20 },
    );
  });
});

describe('a month of 100,000 activities', () => {
  const options = { seed: 7, activities: 100_000, users: 300, end };
  const month = new Month(options);
  const portions = portionsOf(month);
  const activities = portions.flat();
  const within = (from: number, to: number): readonly DemoActivity[] =>
    activities.filter(({ createdAt }) => Date.parse(createdAt) >= from && Date.parse(createdAt) < to);
  const count = (items: readonly DemoActivity[], type: RegExp): number =>
    items.filter((item) => type.test(item.type)).length;

  test('has different activities with a different seed', () => {
    expect(new Month({ ...options, seed: 8 }).portion(0)).not.toEqual(portions[0]);
  });

  test('comes in portions that fit into memory', () => {
    expect(Math.max(...portions.map(({ length }) => length))).toBeLessThan(7000);
  });

  test('has users in several scripts, and no two with the same name', () => {
    const ids = month.people.map(({ id }) => id);
    expect(new Set(ids).size).toBe(300);
    for (const script of ['Latin', 'Arabic', 'Hebrew', 'Han', 'Cyrillic', 'Devanagari', 'Greek'])
      expect(ids.some((id) => new RegExp(`\\p{Script=${script}}`, 'u').test(id))).toBe(true);
  });

  test('has fewer activities at night and on weekends', () => {
    const people = activities.filter(({ metadata }) => metadata['role'] === 'analyst');
    const onWeekend = people.filter(({ createdAt }) => [0, 6].includes(new Date(createdAt).getUTCDay()));
    expect(onWeekend.length).toBeLessThan(people.length / 8);
    const berlin = activities.filter(
      ({ metadata }) => (metadata['place'] as { readonly city?: string } | undefined)?.city === 'Berlin',
    );
    const atNight = berlin.filter(({ createdAt }) => new Date(createdAt).getUTCHours() < 5);
    expect(berlin.length).toBeGreaterThan(1000);
    expect(atNight.length).toBeLessThan(berlin.length / 20);
  });

  test('has sessions that begin with a login', () => {
    const first = new Map<unknown, DemoActivity>();
    const byTime = activities.toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
    for (const activity of byTime) {
      const { session } = activity.metadata;
      if (session !== undefined && !first.has(session)) first.set(session, activity);
    }
    const starts = [...first.values()];
    expect(starts.length).toBeGreaterThan(3000);
    expect(count(starts, /^(?:LOGIN|LOGIN_FAILED|ERROR_.*)$/)).toBeGreaterThan(starts.length * 0.99);
  });

  test('has an outage without activities, and a rush after it', () => {
    const { from, to } = outageSpan(end);
    expect(within(from, to)).toEqual([]);
    const rush = within(to, to + hourMs / 4).length;
    expect(rush).toBeGreaterThan(3 * within(from - hourMs / 4, from).length);
  });

  test('has two hours in which errors rise', () => {
    const { from, to } = badReleaseSpan(end);
    const rate = (items: readonly DemoActivity[]): number => count(items, /^ERROR_/) / items.length;
    expect(rate(within(from, to))).toBeGreaterThan(0.1);
    expect(rate(within(from - 2 * hourMs, from))).toBeLessThan(0.02);
  });

  test('has one night of failed logins, and one of 40 exports', () => {
    const ofRange = activities.filter(({ metadata }) => String(metadata['ip']).startsWith('203.0.113.'));
    expect(ofRange.length).toBe(180);
    expect(count(ofRange, /^LOGIN_FAILED$/)).toBe(180);
    const exports = activities.filter(({ metadata }) => metadata['session'] === 'night');
    expect(count(exports, /^EXPORT_REPORT$/)).toBe(40);
    expect(new Set(exports.map(({ userId }) => userId)).size).toBe(1);
  });
});
