import type { ActivityJson } from '@user-activity/domain';
import type { Evidence, LoggedRecord } from '../src/check/evidence.ts';
import type { ViolationKind } from '../src/check/violation.ts';
import type { Draft, Exchange } from '../src/load/ledger.ts';

/** Evidence that a test can change. */
export type Mutable = { -readonly [Key in keyof Evidence]: Evidence[Key] };

/** A change of sound evidence, and the kind and the subject of the violation that `judge` must then find. */
export type Doctoring = readonly [
  how: string,
  kind: ViolationKind,
  subject: string,
  doctor: (evidence: Mutable) => void,
];

export const without = <Item>(list: readonly Item[], index: number): Item[] =>
  list.filter((_, at) => at !== index);

export const replaced = <Item>(list: readonly Item[], index: number, change: (item: Item) => Item): Item[] =>
  list.map((item, at) => (at === index ? change(item) : item));

export const draftOf = (nonce: string, change: Partial<Draft> = {}): Draft => ({
  id: nonce,
  userId: 'user-1',
  type: 'VIEW',
  metadata: { nonce, ip: '127.0.0.1' },
  ...change,
});

/** Makes a request that was sent and answered 202 within the given second. */
export const accepted = (second: number, ...drafts: readonly Draft[]): Exchange => ({
  drafts,
  sentAt: second * 1000,
  response: { at: second * 1000 + 900, status: 202, ids: drafts.map(({ id = `made-${second}` }) => id) },
});

const receivedAt = (second: number): string =>
  new Date(Date.UTC(2026, 0, 2) + second * 1000 + 100).toISOString();

/** Returns the activity that the service makes of a draft if it receives the draft in the given second. */
export const activityOf = ({ id, createdAt, ...draft }: Draft, second: number): ActivityJson => ({
  id: id ?? `made-${second}`,
  ...draft,
  createdAt: createdAt ?? receivedAt(second),
  receivedAt: receivedAt(second),
});

export const recordOf = (offset: number, activity: ActivityJson | undefined): LoggedRecord => ({
  partition: 0,
  offset,
  origin: `0:${offset}`,
  digest: `digest-${offset}`,
  poison: activity === undefined,
  activity,
});

/**
 * Makes the evidence of a sound run: four facts of a user, the third and the fourth in a batch. The first fact was sent twice, the second
 * fact was appended twice, and another fact was sent under the id of the first. There is also a poison message, an activity without a
 * response, and an activity that the service refused.
 */
export function soundEvidence(): Mutable {
  const [one, two, three, four] = ['one', 'two', 'three', 'four'].map((nonce) => draftOf(nonce)) as [
    Draft,
    Draft,
    Draft,
    Draft,
  ];
  const mistaken = draftOf('mistaken', { id: 'one', type: 'LOGIN' });
  const nameless = { ...draftOf('nameless') };
  delete (nameless as { id?: string }).id;
  const stored = [
    activityOf(one, 1),
    activityOf(two, 2),
    activityOf(three, 4),
    activityOf(four, 4),
    activityOf(nameless, 6),
  ];
  return {
    exchanges: [
      accepted(1, one),
      accepted(2, two),
      accepted(3, one),
      accepted(4, three, four),
      accepted(5, mistaken),
      { drafts: [nameless], sentAt: 6000 },
      {
        drafts: [draftOf('refused')],
        isInvalid: true,
        sentAt: 7000,
        response: { at: 7100, status: 422, ids: [] },
      },
    ],
    records: [
      recordOf(0, activityOf(one, 1)),
      recordOf(1, activityOf(two, 2)),
      recordOf(2, activityOf(two, 2)),
      recordOf(3, activityOf(one, 3)),
      recordOf(4, activityOf(three, 4)),
      recordOf(5, activityOf(four, 4)),
      recordOf(6, activityOf(mistaken, 5)),
      recordOf(7, undefined),
      recordOf(8, activityOf(nameless, 6)),
    ],
    stored,
    feeds: [stored, stored],
    written: stored.map(({ id }) => id),
    letters: [
      { origin: '0:6', code: 'conflict', reason: 'its id already holds another fact', digest: 'digest-6' },
      { origin: '0:7', code: 'unreadable', reason: 'it is not JSON', digest: 'digest-7' },
    ],
    lettersOnTopic: [
      { origin: '0:6', code: 'conflict', digest: 'digest-6' },
      { origin: '0:6', code: 'conflict', digest: 'digest-6' },
      { origin: '0:7', code: 'unreadable', digest: 'digest-7' },
    ],
    isRestored: false,
  };
}
