import { activityOf, type Doctoring, draftOf, recordOf, replaced, without } from './evidence.ts';

/** Changes after which activities are missing, repeated or changed, or were never sent. */
export const doctoredActivities: readonly Doctoring[] = [
  [
    'an activity that was answered 202 and is neither on the log nor stored',
    'lost',
    'two',
    (evidence) => {
      evidence.records = evidence.records.filter(({ activity }) => activity?.id !== 'two');
      evidence.stored = without(evidence.stored, 1);
      evidence.written = without(evidence.written, 1);
    },
  ],
  [
    'an activity that is on the log, but not stored',
    'lost',
    'two',
    (evidence) => {
      evidence.stored = without(evidence.stored, 1);
      evidence.written = without(evidence.written, 1);
    },
  ],
  [
    'an activity that is a dead letter for a conflict, although nothing is stored under its id',
    'lost',
    'two',
    (evidence) => {
      evidence.stored = without(evidence.stored, 1);
      evidence.written = without(evidence.written, 1);
      for (const offset of [1, 2]) {
        const letter = { origin: `0:${offset}`, code: 'conflict', digest: `digest-${offset}` };
        evidence.letters = [...evidence.letters, { ...letter, reason: 'its id already holds another fact' }];
        evidence.lettersOnTopic = [...evidence.lettersOnTopic, letter];
      }
    },
  ],
  [
    'an activity without a response that is on the log, but not stored',
    'unbalanced',
    '0:8',
    (evidence) => {
      evidence.stored = without(evidence.stored, 4);
      evidence.written = without(evidence.written, 4);
    },
  ],
  [
    'a fact with the id of another fact that is neither stored nor a dead letter',
    'lost',
    'one',
    (evidence) => {
      evidence.letters = without(evidence.letters, 0);
    },
  ],
  [
    'a dead letter without a reason',
    'lost',
    'one',
    (evidence) => {
      evidence.letters = replaced(evidence.letters, 0, (letter) => ({ ...letter, reason: '' }));
    },
  ],
  [
    'an activity that the API lists twice',
    'doubled',
    'two',
    (evidence) => {
      evidence.stored = [...evidence.stored, activityOf(draftOf('two'), 2)];
    },
  ],
  [
    'an activity that was written to the store twice',
    'doubled',
    'two',
    (evidence) => {
      evidence.written = [...evidence.written, 'two'];
    },
  ],
  [
    'an activity sent without an id that is stored under two ids',
    'doubled',
    'nameless',
    (evidence) => {
      const again = { ...activityOf(draftOf('nameless'), 6), id: 'made-7' };
      evidence.records = [...evidence.records, recordOf(9, again)];
      evidence.stored = [...evidence.stored, again];
      evidence.written = [...evidence.written, again.id];
    },
  ],
  [
    'a stored activity with a user other than the client sent',
    'changed',
    'two',
    (evidence) => {
      evidence.stored = replaced(evidence.stored, 1, (activity) => ({ ...activity, userId: 'user-2' }));
    },
  ],
  [
    'a stored activity with other metadata than the client sent',
    'changed',
    'two',
    (evidence) => {
      evidence.stored = replaced(evidence.stored, 1, (activity) => ({
        ...activity,
        metadata: { ...activity.metadata, ip: '127.0.0.2' },
      }));
    },
  ],
  [
    'a stored activity with a time other than the client sent',
    'changed',
    'two',
    (evidence) => {
      evidence.stored = replaced(evidence.stored, 1, (activity) => ({
        ...activity,
        createdAt: '2026-01-01T00:00:00.000Z',
      }));
    },
  ],
  [
    'a record on the log with a type other than the client sent',
    'changed',
    '0:1',
    (evidence) => {
      evidence.records = replaced(evidence.records, 1, (record) => ({
        ...record,
        activity: { ...activityOf(draftOf('two'), 2), type: 'LOGOUT' },
      }));
    },
  ],
  [
    'a stored activity that no client sent',
    'foreign',
    'stranger',
    (evidence) => {
      const stranger = activityOf(draftOf('stranger'), 8);
      evidence.records = [...evidence.records, recordOf(9, stranger)];
      evidence.stored = [...evidence.stored, stranger];
      evidence.written = [...evidence.written, stranger.id];
    },
  ],
  [
    'a stored activity that the service refused',
    'foreign',
    'refused',
    (evidence) => {
      const refused = activityOf(draftOf('refused'), 7);
      evidence.records = [...evidence.records, recordOf(9, refused)];
      evidence.stored = [...evidence.stored, refused];
      evidence.written = [...evidence.written, refused.id];
    },
  ],
  [
    'a record that is neither poison nor an activity',
    'foreign',
    '0:9',
    (evidence) => {
      evidence.records = [...evidence.records, { ...recordOf(9, undefined), poison: false }];
    },
  ],
];
