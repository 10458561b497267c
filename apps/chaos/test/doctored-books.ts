import { activityOf, type Doctoring, draftOf, replaced, without } from './evidence.ts';

/** Evidence of another order, of books that don't balance, and of answers that nobody should get. */
export const doctoredBooks: readonly Doctoring[] = [
  [
    'two answered one after the other and on the log the other way round',
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
    'two of a batch on the log the other way round',
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
    'two stored the other way round',
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
    'poison that is in no dead letter',
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
    'a dead letter for another reason than is due',
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
    'a dead letter of what was stored',
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
    'the later of two facts that is stored instead of the first',
    'unbalanced',
    '0:0',
    (evidence) => {
      evidence.stored = replaced(evidence.stored, 0, () =>
        activityOf(draftOf('mistaken', { id: 'one', type: 'LOGIN' }), 5),
      );
    },
  ],
  [
    'an id of two facts that was stored late',
    'swapped',
    'two',
    (evidence) => {
      evidence.written = ['two', 'one', 'three', 'four', 'made-6'];
    },
  ],
  [
    'something stored that is not on the log',
    'unbalanced',
    'all',
    (evidence) => {
      evidence.records = without(evidence.records, 8);
    },
  ],
  [
    'something written that the API does not list',
    'unbalanced',
    'hidden',
    (evidence) => {
      evidence.written = [...evidence.written, 'hidden'];
    },
  ],
  [
    'an answer that nobody should get',
    'answer',
    'six',
    (evidence) => {
      const answer = { at: 8100, status: 500, ids: [] };
      evidence.exchanges = [...evidence.exchanges, { drafts: [draftOf('six')], sentAt: 8000, answer }];
    },
  ],
  [
    'something sound that was refused',
    'answer',
    'two',
    (evidence) => {
      const answer = { at: 2900, status: 422, ids: [] };
      evidence.exchanges = replaced(evidence.exchanges, 1, (exchange) => ({ ...exchange, answer }));
    },
  ],
  [
    'a 202 for what breaks a rule',
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
