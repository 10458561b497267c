import {
  ActivityKeyText,
  type DeadLetter,
  isCovered,
  isLetterCovered,
  type OpenErasure,
  type Placed,
  type PlacedErasure,
  projectsOfUser,
  QualifiedTopic,
} from '@user-activity/domain';
import type { ErasureLedgerSubject } from '@user-activity/port-contracts';
import { itemsAfter } from '../src/items-after.ts';
import type { Broken } from './broken.ts';
import { ledger } from './ledger.ts';
import { anyOffset, remove, type Rules, sound, withUser } from './removal-rules.ts';

/** Makes ledgers that remove portions of activities by changed rules. */
const walking = (change: Partial<Rules> & { readonly inProject?: boolean }) =>
  ledger((_, store) => ({
    async removeActivities({ erasure, replacement, after, limit }) {
      const rules = { ...sound, ...change };
      const { userId } = erasure;
      const due = [...store.activities.values()].filter(
        (each) =>
          (change.inProject === false || each.project === erasure.project) && rules.belongs(each, userId),
      );
      const portion = itemsAfter(due, 'createdAt', 'asc', after).slice(0, limit);
      const removed = portion.filter((each) =>
        remove(store, rules, { erasure, userId, replacement }, ActivityKeyText.of(each)),
      );
      const last = portion.length < limit ? undefined : portion.at(-1);
      return { removed: removed.length, next: last };
    },
  }));

const isSamePlace = ({ origin }: Placed, { place }: PlacedErasure): boolean =>
  origin !== undefined && origin.log === place.log && origin.partition === place.partition;

const utf8 = new TextDecoder();
const isOfUser = ({ key, project }: DeadLetter, erasure: OpenErasure): boolean =>
  projectsOfUser(erasure.project).includes(project) && key !== null && utf8.decode(key) === erasure.userId;

/** Makes ledgers that remove at most `max` letters for which `isDue` is true. */
const lettersBy = (isDue: (letter: DeadLetter, erasure: OpenErasure) => boolean, max = Infinity) =>
  ledger((_, { letters }) => ({
    async removeLetters(erasure, limit) {
      const due = [...letters].filter(([, letter]) => isDue(letter, erasure)).slice(0, Math.min(limit, max));
      for (const [id] of due) letters.delete(id);
      return due.length;
    },
  }));

/** Ledgers that remove too much, too little or the wrong part. */
export const brokenRemovals: Broken<ErasureLedgerSubject> = [
  ['E5', 'removes activities that the erasure does not cover', walking({ covers: () => true })],
  [
    'E5',
    'removes the activity at the position of the request',
    walking({
      covers: (placed, erasure) =>
        isCovered(placed, { ...erasure, place: { ...erasure.place, offset: erasure.place.offset + 1 } }),
    }),
  ],
  [
    'E5',
    'keeps activities that were received at the time of the request',
    walking({
      covers: (placed, erasure) =>
        isCovered(placed, erasure) &&
        (placed.origin === undefined ||
          isSamePlace(placed, erasure) ||
          placed.receivedAt < erasure.requestedAt),
    }),
  ],
  ['E5', 'compares the offsets of all logs and partitions', walking({ covers: anyOffset })],
  [
    'E5',
    'compares the offsets of all logs',
    walking({
      covers: (placed, erasure) =>
        placed.origin?.partition === erasure.place.partition
          ? anyOffset(placed, erasure)
          : isCovered(placed, erasure),
    }),
  ],
  [
    'E5',
    'compares only the time of receipt',
    walking({ covers: ({ receivedAt }, { requestedAt }) => receivedAt <= requestedAt }),
  ],
  [
    'E5',
    'keeps activities of other logs and partitions',
    walking({ covers: (placed, erasure) => isSamePlace(placed, erasure) && isCovered(placed, erasure) }),
  ],
  [
    'E5',
    'keeps activities without an origin',
    walking({ covers: (placed, erasure) => placed.origin !== undefined && isCovered(placed, erasure) }),
  ],
  ['E5', 'anonymises, but keeps the metadata', walking({ anonymise: withUser })],
  [
    'E5',
    'loses the origin of anonymised activities',
    walking({ afterwards: (key, { origins }) => void origins.delete(key) }),
  ],
  [
    'E5',
    'removes instead of anonymising',
    ledger((whole) => ({
      removeActivities: (removal) => whole.removeActivities({ ...removal, replacement: undefined }),
    })),
  ],
  [
    'E5',
    'ends at the first portion without a covered activity',
    ledger((whole) => ({
      async removeActivities(removal) {
        const { removed, next } = await whole.removeActivities(removal);
        return { removed, next: removed === 0 ? undefined : next };
      },
    })),
  ],
  [
    'E5',
    'begins each portion with the first activity',
    ledger((whole) => ({
      async removeActivities(removal) {
        const { removed, next } = await whole.removeActivities({ ...removal, after: undefined });
        return { removed, next: removed === 0 ? undefined : next };
      },
    })),
  ],
  [
    'E5',
    'skips activities with the same time as the last one of the previous portion',
    ledger((_, store) => ({
      async removeActivities({ erasure, replacement, after, limit }) {
        const { userId, project } = erasure;
        const portion = [...store.activities.values()]
          .filter((each) => each.project === project && each.userId === userId)
          .filter(({ createdAt }) => after === undefined || createdAt > after.createdAt)
          .toSorted((left, right) => left.createdAt - right.createdAt)
          .slice(0, limit);
        const removed = portion.filter((each) =>
          remove(store, sound, { erasure, userId, replacement }, ActivityKeyText.of(each)),
        );
        return { removed: removed.length, next: portion.length < limit ? undefined : portion.at(-1) };
      },
    })),
  ],
  [
    'E5',
    'returns the number of examined activities',
    ledger((whole) => ({
      async removeActivities(removal) {
        const { removed, next } = await whole.removeActivities(removal);
        return { removed: next === undefined ? removed + 1 : removal.limit, next };
      },
    })),
  ],
  [
    'E6',
    'compares only the times of letters',
    lettersBy((letter, erasure) => isOfUser(letter, erasure) && letter.diedAt <= erasure.requestedAt),
  ],
  [
    'E6',
    'compares only the offsets of letters',
    lettersBy((letter, erasure) => isOfUser(letter, erasure) && letter.origin.offset < erasure.place.offset),
  ],
  [
    'E6',
    'treats all logs of a topic as one log',
    lettersBy((letter, erasure) => {
      const { log: _log, ...origin } = letter.origin;
      return isOfUser(letter, erasure) && isLetterCovered({ ...letter, origin }, erasure);
    }),
  ],
  [
    'E6',
    'keeps letters of the edge',
    lettersBy(
      (letter, erasure) =>
        isOfUser(letter, erasure) &&
        isLetterCovered(letter, erasure) &&
        QualifiedTopic.of(letter.origin).startsWith('user-activity'),
    ),
  ],
  [
    'E6',
    'keeps letters whose project is not known',
    lettersBy(
      (letter, erasure) =>
        letter.project === erasure.project && isOfUser(letter, erasure) && isLetterCovered(letter, erasure),
    ),
  ],
  [
    'E6',
    'ignores the project',
    lettersBy(
      (letter, erasure) =>
        isOfUser({ ...letter, project: erasure.project }, erasure) && isLetterCovered(letter, erasure),
    ),
  ],
  [
    'E6',
    'compares only the beginning of the key',
    lettersBy(
      (letter, erasure) =>
        letter.project === erasure.project &&
        letter.key !== null &&
        utf8.decode(letter.key).startsWith(erasure.userId) &&
        isLetterCovered(letter, erasure),
    ),
  ],
  [
    'E6',
    'removes letters without a key',
    lettersBy(
      (letter, erasure) =>
        (letter.key === null || isOfUser(letter, erasure)) && isLetterCovered(letter, erasure),
    ),
  ],
  [
    'E6',
    'removes fewer letters than the limit',
    lettersBy((letter, erasure) => isOfUser(letter, erasure) && isLetterCovered(letter, erasure), 2),
  ],
  [
    'E6',
    'ignores the limit',
    ledger((whole) => ({ removeLetters: (erasure) => whole.removeLetters(erasure, 1000) })),
  ],
  ['E9', 'removes the activities of every project', walking({ inProject: false })],
  [
    'E9',
    'ignores the case of user ids',
    walking({ belongs: ({ userId }, of) => userId.toLowerCase() === of.toLowerCase() }),
  ],
  [
    'E9',
    'compares only the beginning of user ids',
    walking({ belongs: ({ userId }, of) => userId.startsWith(of) }),
  ],
];
