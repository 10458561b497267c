import { activityOf, type Doctoring, draftOf, replaced, without } from './evidence.ts';

/** Evidence of a wrong order, of books that don't balance, and of answers that no client should get. */
export const doctoredBooks: readonly Doctoring[] = [
  [
    'two activities that are on the log in another order than they were answered',
    'swapped',
    'one',
    (evidence) => {
      const [one, two, again, ...rest] = evidence.records;
      evidence.records = [
        { ...two, offset: 0, origin: '0:0' },
        { ...again, offset: 1, origin: '0:1' },
        { ...one, offset: 2, origin: '0:2' },
        ...rest,
      ] as typeof evidence.records;
    },
  ],
  [
    'two activities that are on the log in another order than in their batch',
    'swapped',
    'three',
    (evidence) => {
      const [three, four] = [activityOf(draftOf('three'), 4), activityOf(draftOf('four'), 4)];
      evidence.records = replaced(
        replaced(evidence.records, 4, (record) => ({ ...record, activity: four })),
        5,
        (record) => ({ ...record, activity: three }),
      );
    },
  ],
  [
    'one user on two partitions',
    'swapped',
    'user-1',
    (evidence) => {
      evidence.records = replaced(evidence.records, 5, (record) => ({ ...record, partition: 1 }));
    },
  ],
  [
    'two activities that were stored in another order than on the log',
    'swapped',
    'three',
    (evidence) => {
      evidence.written = ['one', 'three', 'two', 'four', 'made-6'];
    },
  ],
  [
    'a later copy that is stored instead of the first',
    'unbalanced',
    '0:0',
    (evidence) => {
      evidence.exchanges = evidence.exchanges.filter(({ drafts: [draft] }) => draft?.type !== 'LOGIN');
      evidence.records = without(evidence.records, 6);
      evidence.letters = without(evidence.letters, 0);
      evidence.stored = replaced(evidence.stored, 0, () => activityOf(draftOf('one'), 3));
    },
  ],
  [
    'poison that is no dead letter',
    'unbalanced',
    '0:7',
    (evidence) => {
      evidence.letters = without(evidence.letters, 1);
    },
  ],
  [
    'poison whose bytes changed on the way',
    'unbalanced',
    '0:7',
    (evidence) => {
      evidence.letters = replaced(evidence.letters, 1, (letter) => ({ ...letter, digest: 'another' }));
    },
  ],
  [
    'a dead letter with a wrong code',
    'unbalanced',
    '0:7',
    (evidence) => {
      evidence.letters = replaced(evidence.letters, 1, (letter) => ({ ...letter, code: 'refused' }));
    },
  ],
  [
    'a dead letter that is not on its topic',
    'unbalanced',
    '0:7',
    (evidence) => {
      evidence.lettersOnTopic = evidence.lettersOnTopic.filter(({ origin }) => origin === '0:6');
    },
  ],
  [
    'a dead letter of a stored record',
    'unbalanced',
    '0:1',
    (evidence) => {
      evidence.letters = [
        ...evidence.letters,
        { origin: '0:1', code: 'refused', reason: 'why not', digest: 'digest-1' },
      ];
    },
  ],
  [
    'a dead letter of no record',
    'unbalanced',
    '0:99',
    (evidence) => {
      evidence.letters = [
        ...evidence.letters,
        { origin: '0:99', code: 'unreadable', reason: 'why not', digest: 'digest-99' },
      ];
    },
  ],
  [
    'a dead letter of a stored record on the topic',
    'unbalanced',
    '0:1',
    (evidence) => {
      const letter = { origin: '0:1', code: 'conflict', digest: 'digest-1' };
      evidence.lettersOnTopic = [...evidence.lettersOnTopic, letter];
    },
  ],
  [
    'a dead letter with other bytes on the topic',
    'unbalanced',
    '0:7',
    (evidence) => {
      const letter = { origin: '0:7', code: 'unreadable', digest: 'another' };
      evidence.lettersOnTopic = [...evidence.lettersOnTopic, letter];
    },
  ],
  [
    'the later of two facts under one id, stored instead of the first',
    'unbalanced',
    '0:0',
    (evidence) => {
      evidence.stored = replaced(evidence.stored, 0, () =>
        activityOf(draftOf('mistaken', { id: 'one', type: 'LOGIN' }), 5),
      );
    },
  ],
  [
    'an activity under an id of two facts that was stored too late',
    'swapped',
    'two',
    (evidence) => {
      evidence.written = ['two', 'one', 'three', 'four', 'made-6'];
    },
  ],
  [
    'a stored activity that is not on the log',
    'unbalanced',
    'all',
    (evidence) => {
      evidence.records = without(evidence.records, 8);
    },
  ],
  [
    'a written activity that the API does not list',
    'unbalanced',
    'hidden',
    (evidence) => {
      evidence.written = [...evidence.written, 'hidden'];
    },
  ],
  [
    'an answer that no client should get',
    'answer',
    'six',
    (evidence) => {
      const answer = { at: 8100, status: 500, ids: [] };
      evidence.exchanges = [...evidence.exchanges, { drafts: [draftOf('six')], sentAt: 8000, answer }];
    },
  ],
  [
    'a valid activity that was refused',
    'answer',
    'two',
    (evidence) => {
      const answer = { at: 2900, status: 422, ids: [] };
      evidence.exchanges = replaced(evidence.exchanges, 1, (exchange) => ({ ...exchange, answer }));
    },
  ],
  [
    'a 202 for an activity that breaks a rule',
    'answer',
    'refused',
    (evidence) => {
      const answer = { at: 7100, status: 202, ids: ['refused'] };
      evidence.exchanges = replaced(evidence.exchanges, 6, (exchange) => ({ ...exchange, answer }));
    },
  ],
  [
    'a 202 under another id',
    'answer',
    'two',
    (evidence) => {
      evidence.exchanges = replaced(evidence.exchanges, 1, (exchange) => ({
        ...exchange,
        answer: { at: 2900, status: 202, ids: ['other'] },
      }));
    },
  ],
];
