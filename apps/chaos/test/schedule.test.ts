import { expect, test } from 'vitest';
import { faults } from '../src/faults/faults.ts';
import { Random } from '../src/random.ts';
import { drawSchedule, type Schedule } from '../src/schedule.ts';

const draw = (seed: number, seconds: number): Schedule => drawSchedule(new Random(seed), seconds);

const plainFormOf = (schedule: Schedule): unknown =>
  Object.values(schedule).map((lane) =>
    lane.map(({ kind, atSeconds, lastsMs, choice }) => [kind, atSeconds, lastsMs, choice]),
  );

test('the same seed gives the same schedule, and a different seed gives a different schedule', () => {
  expect(plainFormOf(draw(7, 120))).toEqual(plainFormOf(draw(7, 120)));
  expect(plainFormOf(draw(7, 120))).not.toEqual(plainFormOf(draw(8, 120)));
});

test.each(['log', 'store', 'services'] as const)(
  'in the lane %s, every kind of fault occurs once before any kind occurs again',
  (lane) => {
    const kinds = Object.keys(faults[lane]);
    const plannedKinds = draw(7, 600)[lane].map(({ kind }) => kind);
    const first = plannedKinds.slice(0, kinds.length);
    expect(first.toSorted()).toEqual(kinds.toSorted());
  },
);

test.each([20, 120, 300])(
  'in a schedule of %i s, the faults of a lane do not overlap, and all faults end within the schedule',
  (seconds) => {
    for (const plannedFaults of Object.values(draw(7, seconds))) {
      expect(plannedFaults.length).toBeGreaterThan(0);
      const spans = plannedFaults.map(({ atSeconds, lastsMs }) => ({
        from: atSeconds,
        to: atSeconds + lastsMs / 1000,
      }));
      const moments = spans.flatMap(({ from, to }) => [from, to]);
      expect(moments).toEqual(moments.toSorted((left, right) => left - right));
      expect(moments.at(-1)).toBeLessThanOrEqual(seconds);
    }
  },
);

test('every fault has its own name', () => {
  const kinds = Object.values(faults).flatMap((faultsOfLane) => Object.keys(faultsOfLane));
  expect(new Set(kinds).size).toBe(kinds.length);
});

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'seed %i restores the store in the middle of a run of 120 s, from a backup of the same run',
  (seed) => {
    const { store } = draw(seed, 120);
    const restored = store.findIndex(({ kind }) => kind === 'restore-store');
    const { atSeconds = 0, lastsMs = 0 } = store[restored] ?? {};
    expect(atSeconds).toBeGreaterThan(10);
    expect(atSeconds + lastsMs / 1000).toBeLessThan(90);
    expect(store.slice(0, restored).map(({ kind }) => kind)).toContain('back-up-store');
  },
);
