import { activityOf, type Doctoring, draftOf, replaced, without } from './evidence.ts';

/** Changes after which the order is wrong, a response is wrong, or the log, the store and the dead letters contradict each other. */
export const doctoredBooks: readonly Doctoring[] = [
  [
    'two activities that are on the log in a different order than they were answered',
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
    'two activities that are on the log in a different order than in their batch',
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
    'a user with records on two partitions',
    'swapped',
    'user-1',
    (evidence) => {
      evidence.records = replaced(evidence.records, 5, (record) => ({ ...record, partition: 1 }));
    },
  ],
  [
    'two activities that were stored in a different order than on the log',
    'swapped',
    'three',
    (evidence) => {
      evidence.written = ['one', 'three', 'two', 'four', 'made-6'];
    },
  ],
  [
    'an activity that is stored from a later record instead of its first record',
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
    'a poison message that is not a dead letter',
    'unbalanced',
    '0:7',
    (evidence) => {
      evidence.letters = without(evidence.letters, 1);
    },
  ],
  [
    'a poison message whose dead letter has other bytes',
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
    'a dead letter that is not on the topic of dead letters',
    'unbalanced',
    '0:7',
    (evidence) => {
      evidence.lettersOnTopic = evidence.lettersOnTopic.filter(({ origin }) => origin === '0:6');
    },
  ],
  [
    'a dead letter for a stored record',
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
    'a dead letter without a record',
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
    'a dead letter for a stored record on the topic of dead letters',
    'unbalanced',
    '0:1',
    (evidence) => {
      const letter = { origin: '0:1', code: 'conflict', digest: 'digest-1' };
      evidence.lettersOnTopic = [...evidence.lettersOnTopic, letter];
    },
  ],
  [
    'a dead letter with other bytes on the topic of dead letters',
    'unbalanced',
    '0:7',
    (evidence) => {
      const letter = { origin: '0:7', code: 'unreadable', digest: 'another' };
      evidence.lettersOnTopic = [...evidence.lettersOnTopic, letter];
    },
  ],
  [
    'a stored fact that has the same id as an earlier fact on the log',
    'unbalanced',
    '0:0',
    (evidence) => {
      evidence.stored = replaced(evidence.stored, 0, () =>
        activityOf(draftOf('mistaken', { id: 'one', type: 'LOGIN' }), 5),
      );
    },
  ],
  [
    'an activity that was stored too late, whose id another fact has too',
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
    'an activity that was written to the store, but that the API does not list',
    'unbalanced',
    'hidden',
    (evidence) => {
      evidence.written = [...evidence.written, 'hidden'];
    },
  ],
  [
    'a response with the status 500',
    'answer',
    'six',
    (evidence) => {
      const response = { at: 8100, status: 500, ids: [] };
      evidence.exchanges = [...evidence.exchanges, { drafts: [draftOf('six')], sentAt: 8000, response }];
    },
  ],
  [
    'a valid activity that was answered 422',
    'answer',
    'two',
    (evidence) => {
      const response = { at: 2900, status: 422, ids: [] };
      evidence.exchanges = replaced(evidence.exchanges, 1, (exchange) => ({ ...exchange, response }));
    },
  ],
  [
    'an invalid activity that was answered 202',
    'answer',
    'refused',
    (evidence) => {
      const response = { at: 7100, status: 202, ids: ['refused'] };
      evidence.exchanges = replaced(evidence.exchanges, 6, (exchange) => ({ ...exchange, response }));
    },
  ],
  [
    'an activity that was answered 202 under another id',
    'answer',
    'two',
    (evidence) => {
      evidence.exchanges = replaced(evidence.exchanges, 1, (exchange) => ({
        ...exchange,
        response: { at: 2900, status: 202, ids: ['other'] },
      }));
    },
  ],
];
