import { describe, expect, test } from 'vitest';
import type { Evidence } from '../src/check/evidence.ts';
import { judge, judgeProjects } from '../src/check/judge.ts';
import type { Exchange } from '../src/load/ledger.ts';
import { doctoredActivities } from './doctored-activities.ts';
import { doctoredBooks } from './doctored-books.ts';
import { doctoredFeeds } from './doctored-feeds.ts';
import { accepted, activityOf, draftOf, recordOf, soundEvidence } from './evidence.ts';

const nothing: Evidence = {
  exchanges: [],
  records: [],
  stored: [],
  feeds: [],
  written: [],
  letters: [],
  lettersOnTopic: [],
  isRestored: false,
};

test('a sound run has no violations, and its counts balance', () => {
  const { violations, counts } = judge(soundEvidence());
  expect(violations).toEqual([]);
  expect(counts).toEqual({
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

test.each([...doctoredActivities, ...doctoredBooks, ...doctoredFeeds])(
  'finds %s',
  (_, kind, subject, doctor) => {
    const evidence = soundEvidence();
    doctor(evidence);
    expect(judge(evidence).violations).toContainEqual(expect.objectContaining({ kind, subject }));
  },
);

test('two projects with the same ids are judged separately, and their counts are added', () => {
  const evidence = new Map([
    ['default', soundEvidence()],
    ['shop', soundEvidence()],
  ]);
  const { violations, counts } = judgeProjects(evidence);
  expect(violations).toEqual([]);
  expect(counts).toMatchObject({ records: 18, stored: 10, duplicate: 2, conflict: 2, dead_lettered: 2 });
});

test('finds an activity that is stored in a project other than its own', () => {
  const [byDefault, shop] = [soundEvidence(), soundEvidence()];
  shop.stored = shop.stored.filter(({ id }) => id !== 'two');
  shop.written = shop.written.filter((id) => id !== 'two');
  const evidence = new Map([
    ['default', byDefault],
    ['shop', shop],
    ['other', { ...nothing, stored: [activityOf(draftOf('two'), 2)], written: ['two'] }],
  ]);
  const { violations } = judgeProjects(evidence);
  expect(violations).toContainEqual(expect.objectContaining({ kind: 'lost', subject: 'shop two' }));
  expect(violations).toContainEqual(expect.objectContaining({ kind: 'foreign', subject: 'other two' }));
  expect(violations.filter(({ subject }) => !/^(?:shop|other) /.test(subject))).toEqual([]);
});

test('finds a dead letter that is in a project other than that of its record', () => {
  const byDefault = soundEvidence();
  const moved = byDefault.letters.slice(1);
  byDefault.letters = byDefault.letters.slice(0, 1);
  const evidence = new Map([
    ['default', byDefault],
    ['_system', { ...nothing, letters: moved }],
  ]);
  const { violations } = judgeProjects(evidence);
  expect(violations).toContainEqual(expect.objectContaining({ kind: 'unbalanced', subject: '0:7' }));
  expect(violations).toContainEqual(expect.objectContaining({ kind: 'unbalanced', subject: '_system 0:7' }));
});

test('activities that were sent at the same time may be on the log in any order', () => {
  const evidence = soundEvidence();
  const [early, late] = [draftOf('early'), draftOf('late')];
  evidence.exchanges = [...evidence.exchanges, accepted(8, early), accepted(8, late)];
  const activities = [activityOf(late, 8), activityOf(early, 8)];
  evidence.records = [
    ...evidence.records,
    ...activities.map((activity, index) => recordOf(9 + index, activity)),
  ];
  evidence.stored = [...evidence.stored, ...activities];
  evidence.feeds = [evidence.stored];
  evidence.written = [...evidence.written, 'late', 'early'];
  expect(judge(evidence).violations).toEqual([]);
});

test('a replayed dead letter that became a dead letter again is no violation, and counts as one more record', () => {
  const evidence = soundEvidence();
  const [conflict, poison] = [evidence.records[6], evidence.records[7]];
  evidence.records = [
    ...evidence.records,
    ...[conflict, poison].flatMap((record, index) =>
      record === undefined ? [] : [{ ...record, offset: 9 + index }],
    ),
  ];
  const { violations, counts } = judge(evidence);
  expect(violations).toEqual([]);
  expect(counts).toMatchObject({ records: 11, conflict: 2, dead_lettered: 2 });
});

describe('a fact of a batch that was sent again on its own, and that is on the log before the rest of the batch', () => {
  const [early, late] = [draftOf('early'), draftOf('late')];

  /** Returns evidence in which the batch was sent first, and then its second fact alone, but the record of the latter is first on the log. */
  function overtaken(batch: Exchange): Evidence {
    const evidence = soundEvidence();
    evidence.exchanges = [...evidence.exchanges, batch, accepted(9, late)];
    const activities = [activityOf(late, 9), activityOf(early, 8), activityOf(late, 8)];
    evidence.records = [
      ...evidence.records,
      ...activities.map((activity, index) => recordOf(9 + index, activity)),
    ];
    evidence.stored = [...evidence.stored, activityOf(late, 9), activityOf(early, 8)];
    evidence.feeds = [evidence.stored];
    evidence.written = [...evidence.written, 'late', 'early'];
    return evidence;
  }

  test('is no violation if the batch was not answered 202', () => {
    expect(judge(overtaken({ drafts: [early, late], sentAt: 8000 })).violations).toEqual([]);
  });

  test('is a violation if the batch was answered 202 before the fact was sent again', () => {
    const details = judge(overtaken(accepted(8, early, late))).violations.map(({ detail }) => detail);
    expect(details.filter((detail) => detail.includes('in a batch before late'))).toHaveLength(1);
  });
});

describe('a dead letter for a stored record, if a record on another partition has the same id', () => {
  function evidenceOf(change: Partial<Evidence>, otherPartition: number): Evidence {
    const evidence = soundEvidence();
    const [stored, conflict] = [draftOf('five'), draftOf('six', { id: 'five', userId: 'user-2' })];
    evidence.exchanges = [...evidence.exchanges, accepted(8, stored), accepted(9, conflict)];
    const other = { ...recordOf(11, activityOf(conflict, 9)), partition: otherPartition, origin: 'other' };
    evidence.records = [...evidence.records, recordOf(10, activityOf(stored, 8)), other];
    evidence.stored = [...evidence.stored, activityOf(stored, 8)];
    evidence.feeds = [evidence.stored];
    evidence.written = [...evidence.written, 'five'];
    const letter = { origin: 'other', code: 'conflict', digest: other.digest };
    evidence.letters = [...evidence.letters, { ...letter, reason: 'its id already holds another fact' }];
    const former = { origin: '0:10', code: 'conflict', digest: 'digest-10' };
    evidence.lettersOnTopic = [...evidence.lettersOnTopic, letter, former];
    return { ...evidence, ...change };
  }

  test('may be on the topic if the store was restored', () => {
    expect(judge(evidenceOf({ isRestored: true }, 1)).violations).toEqual([]);
  });

  test('may have been in the feed instead of the stored record if the store was restored', () => {
    const sound = evidenceOf({ isRestored: true }, 1);
    const other = activityOf(draftOf('six', { id: 'five', userId: 'user-2' }), 9);
    const feed = [...sound.stored.slice(0, -1), other];
    expect(judge({ ...sound, feeds: [feed] }).violations).toEqual([]);
    expect(judge({ ...sound, feeds: [feed], isRestored: false }).violations).toContainEqual(
      expect.objectContaining({ kind: 'lost', subject: 'five' }),
    );
  });

  test.each([
    ['the store was not restored', { isRestored: false }, 1],
    ['the other record is on the same partition', { isRestored: true }, 0],
  ])('is a violation if %s', (_, change, otherPartition) => {
    expect(judge(evidenceOf(change, otherPartition)).violations).toContainEqual(
      expect.objectContaining({ kind: 'unbalanced', subject: '0:10' }),
    );
  });
});
