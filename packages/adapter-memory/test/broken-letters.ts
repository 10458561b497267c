import {
  type ActivityId,
  type DeadLetter,
  DeadLetterId,
  type DeadLetterPage,
  type DeadLetterQuery,
  type DeadLetterRepository,
  type LatestLetter,
  type SweepLimits,
  TimeRange,
} from '@user-activity/domain';
import type { LetterRepositorySubject } from '@user-activity/port-contracts';
import { MemoryDeadLetterRepository, MemoryStore } from '../src/index.ts';
import type { Broken } from './broken.ts';
import { memoryLetters } from './memory-subjects.ts';

/** Makes a letter repository with some methods replaced. */
const letters =
  (differently: (sound: DeadLetterRepository, store: MemoryStore) => Partial<DeadLetterRepository>) =>
  async (): Promise<LetterRepositorySubject> => {
    const store = new MemoryStore();
    const sound = new MemoryDeadLetterRepository(store);
    return {
      ...(await memoryLetters(store)),
      open: async () => ({
        find: (query) => sound.find(query),
        findByIds: (ids, maxBytes) => sound.findByIds(ids, maxBytes),
        findLatestLetters: (ids) => sound.findLatestLetters(ids),
        remove: (removals) => sound.remove(removals),
        sweep: (limits) => sound.sweep(limits),
        claimReplay: (claim) => sound.claimReplay(claim),
        releaseReplay: (claim) => sound.releaseReplay(claim),
        ...differently(sound, store),
      }),
    };
  };

const asking = (change: (query: DeadLetterQuery) => DeadLetterQuery) =>
  letters((sound) => ({ find: (query) => sound.find(change(query)) }));

const answering = (change: (page: DeadLetterPage, store: MemoryStore) => DeadLetterPage) =>
  letters((sound, store) => ({ find: async (query) => change(await sound.find(query), store) }));

/** Returns the complete letter with an id. */
const wholeOf = (store: MemoryStore, id: DeadLetterId): DeadLetter => {
  const letter = store.letters.get(id);
  if (letter === undefined) throw new Error('It is listed.');
  return letter;
};

const sweeping = (change: Partial<SweepLimits>) =>
  letters((sound) => ({ sweep: (limits) => sound.sweep({ ...limits, ...change }) }));

export const brokenLetterRepositories: Broken<LetterRepositorySubject> = [
  ['B1', 'ignores codes', asking((query) => query.with({ filter: { ...query.filter, codes: [] } }))],
  [
    'B1',
    'includes the end of a time',
    asking((query) =>
      query.with({
        filter: { ...query.filter, diedAt: TimeRange.between(query.filter.diedAt.from, undefined) },
      }),
    ),
  ],
  [
    'B2',
    'sorts offsets as numbers',
    answering((page) => ({
      ...page,
      letters: page.letters.toSorted((a, b) => a.diedAt - b.diedAt || a.origin.offset - b.origin.offset),
    })),
  ],
  [
    'B3',
    'goes on by the time alone',
    letters((sound) => ({
      async find(query) {
        const page = await sound.find(query);
        return {
          ...page,
          letters: page.letters.filter(({ diedAt }) => diedAt !== query.after?.diedAt),
        };
      },
    })),
  ],
  [
    'B4',
    'shows everything',
    answering((page, store) => ({
      ...page,
      letters: page.letters.map((letter) => ({ ...letter, ...wholeOf(store, letter.id) })),
    })),
  ],
  [
    'B4',
    'does not say what it left out',
    answering((page) => ({ ...page, letters: page.letters.map((one) => ({ ...one, omitted: [] })) })),
  ],
  [
    'B5',
    'reads all at once',
    letters((sound) => ({ findByIds: (ids) => sound.findByIds(ids, Number.MAX_SAFE_INTEGER) })),
  ],
  [
    'B5',
    'gives nothing where the first is too large',
    letters((sound) => ({
      async findByIds(ids, maxBytes) {
        const found = await sound.findByIds(ids, maxBytes);
        return found.filter(({ value }) => (value?.length ?? 0) <= maxBytes);
      },
    })),
  ],
  [
    'B6',
    'removes by the id alone',
    letters((_, store) => ({
      async remove(removals) {
        store.assertReachable();
        for (const { origin } of removals) store.letters.delete(DeadLetterId.of(origin));
      },
    })),
  ],
  [
    'B7',
    'takes an outage for an empty store',
    letters((sound) => ({
      find: (query) => sound.find(query).catch(() => ({ letters: [], hasMore: false })),
    })),
  ],
  [
    'B7',
    'lets a driver speak',
    letters((sound) => ({
      remove: (removals) =>
        sound.remove(removals).catch(() => {
          throw new Error('ECONNREFUSED');
        }),
    })),
  ],
  [
    'B9',
    'counts letters alone',
    letters((sound) => {
      const find = async (query: DeadLetterQuery): Promise<DeadLetterPage> => {
        const page = await sound.find(query);
        const [after, limit] = [page.letters.at(-1), query.limit - page.letters.length];
        if (!page.hasMore || after === undefined || limit === 0) return page;
        const rest = await find(query.with({ limit, after }));
        return { ...rest, letters: [...page.letters, ...rest.letters] };
      };
      return { find };
    }),
  ],
  [
    'B8',
    'tells of the first death',
    letters((_, store) => ({
      async findLatestLetters(ids) {
        store.assertReachable();
        return ids.flatMap((activityId) => {
          const first = [...store.letters.values()].find((letter) => letter.activityId === activityId);
          return first === undefined ? [] : [{ activityId, diedAt: first.diedAt }];
        });
      },
    })),
  ],
  [
    'B8',
    'remembers letters that are gone',
    letters((sound) => {
      const known = new Map<ActivityId, LatestLetter>();
      return {
        async findLatestLetters(ids) {
          for (const death of await sound.findLatestLetters(ids)) known.set(death.activityId, death);
          return [...known.values()];
        },
      };
    }),
  ],
  [
    'B10',
    'takes letters off the log for those of the edge',
    letters((sound) => ({ sweep: (limits) => sound.sweep({ ...limits, logBefore: limits.edgeBefore }) })),
  ],
  ['B10', 'knows no age', sweeping({ edgeBefore: undefined })],
  ['B10', 'knows no age of the log', sweeping({ logBefore: undefined })],
  ['B10', 'knows no quota', sweeping({ maxEdgeBytes: Number.MAX_SAFE_INTEGER })],
  ['B10', 'removes all at once', sweeping({ limit: 10_000 })],
  [
    'B10',
    'evicts the newest',
    letters((_, store) => ({
      async sweep() {
        store.letters.delete([...store.letters.keys()].at(-1) ?? '');
        return { expired: 0, evicted: 1, edgeBytes: 0 };
      },
    })),
  ],
  ['B11', 'lets every claim through', letters(() => ({ claimReplay: async () => 'claimed' }))],
  [
    'B11',
    'waits for a dead holder for good',
    letters((sound) => {
      let held = false;
      return {
        async claimReplay(claim) {
          if (held) return 'taken';
          held = true;
          return sound.claimReplay(claim);
        },
        async releaseReplay(claim) {
          held = false;
          await sound.releaseReplay(claim);
        },
      };
    }),
  ],
  [
    'B11',
    'lets anyone release',
    letters((_, store) => ({
      async releaseReplay() {
        store.replayClaimedUntil = undefined;
      },
    })),
  ],
  [
    'B11',
    'believes every clock',
    letters((_, store) => ({
      async claimReplay({ from, until }) {
        if ((store.replayClaimedUntil ?? 0) > from) return 'taken';
        store.replayClaimedUntil = until;
        return 'claimed';
      },
    })),
  ],
];
