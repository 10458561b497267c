import { expect, test } from 'vitest';
import { lanes } from '../src/faults/fault.ts';
import { faults } from '../src/faults/faults.ts';
import { Random } from '../src/random.ts';
import { drawSchedule, type Schedule } from '../src/schedule.ts';

const draw = (seed: number, seconds: number): Schedule => drawSchedule(new Random(seed), seconds);

const plainly = (schedule: Schedule): unknown =>
  Object.values(schedule).map((lane) =>
    lane.map(({ fault, at, lastsMs, choice }) => [fault.kind, at, lastsMs, choice]),
  );

test('a seed gives the same schedule each time, and another seed another', () => {
  expect(plainly(draw(7, 120))).toEqual(plainly(draw(7, 120)));
  expect(plainly(draw(7, 120))).not.toEqual(plainly(draw(8, 120)));
});

test('every kind of fault comes once in its lane before any comes again', () => {
  const schedule = draw(7, 600);
  for (const lane of lanes) {
    const kinds = faults.filter((fault) => fault.lane === lane).map(({ kind }) => kind);
    const first = schedule[lane].slice(0, kinds.length).map(({ fault }) => fault.kind);
    expect(first.toSorted()).toEqual(kinds.toSorted());
  }
});

test.each([20, 120, 300])('in %i seconds the faults of a lane do not overlap, and end in time', (seconds) => {
  for (const appointments of Object.values(draw(7, seconds))) {
    expect(appointments.length).toBeGreaterThan(0);
    const spans = appointments.map(({ at, lastsMs }) => ({ from: at, to: at + lastsMs / 1000 }));
    const turns = spans.flatMap(({ from, to }) => [from, to]);
    expect(turns).toEqual(turns.toSorted((left, right) => left - right));
    expect(turns.at(-1)).toBeLessThanOrEqual(seconds);
  }
});

test('every fault has its own name', () => {
  expect(new Set(faults.map(({ kind }) => kind)).size).toBe(faults.length);
});
