import { expect, test } from 'vitest';
import { judge } from '../src/check/judge.ts';
import { doctoredActivities } from './doctored-activities.ts';
import { doctoredBooks } from './doctored-books.ts';
import { accepted, activityOf, draftOf, recordOf, soundEvidence } from './evidence.ts';

test('a sound run has no violations, and its books balance', () => {
  const { violations, books } = judge(soundEvidence());
  expect(violations).toEqual([]);
  expect(books).toEqual({
    records: 9,
    stored: 5,
    redelivered: 1,
    duplicate: 1,
    conflict: 1,
    erased: 0,
    dead_lettered: 1,
    unaccounted: 0,
  });
});

test.each([...doctoredActivities, ...doctoredBooks])('finds %s', (_, kind, subject, doctor) => {
  const evidence = soundEvidence();
  doctor(evidence);
  expect(judge(evidence).violations).toContainEqual(expect.objectContaining({ kind, subject }));
});

test('activities that were sent at the same time may be stored in any order', () => {
  const evidence = soundEvidence();
  const [early, late] = [draftOf('early'), draftOf('late')];
  evidence.exchanges = [...evidence.exchanges, accepted(8, early), accepted(8, late)];
  const activities = [activityOf(late, 8), activityOf(early, 8)];
  evidence.records = [
    ...evidence.records,
    ...activities.map((activity, index) => recordOf(9 + index, activity)),
  ];
  evidence.stored = [...evidence.stored, ...activities];
  evidence.written = [...evidence.written, 'late', 'early'];
  expect(judge(evidence).violations).toEqual([]);
});

test('a dead letter that was replayed and became a dead letter again counts once', () => {
  const evidence = soundEvidence();
  const [conflict, poison] = [evidence.records[6], evidence.records[7]];
  evidence.records = [
    ...evidence.records,
    ...[conflict, poison].flatMap((record, index) =>
      record === undefined ? [] : [{ ...record, offset: 9 + index }],
    ),
  ];
  const { violations, books } = judge(evidence);
  expect(violations).toEqual([]);
  expect(books).toMatchObject({ records: 11, conflict: 2, dead_lettered: 2 });
});
