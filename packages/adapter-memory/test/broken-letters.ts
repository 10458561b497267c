import {
  type ActivityId,
  type DeadLetter,
  DeadLetterId,
  type DeadLetterPage,
  type DeadLetterQuery,
  type DeadLetterRepository,
  type LatestLetter,
  type Origin,
  type SweepLimits,
  TimeRange,
} from '@user-activity/domain';
import type { LetterRepositorySubject } from '@user-activity/port-contracts';
import { MemoryDeadLetterRepository, MemoryStore } from '../src/index.ts';
import type { Broken } from './broken.ts';
import { memoryLetters } from './memory-subjects.ts';

/** Makes a letter repository with some methods replaced. */
export const letters =
  (overrides: (sound: DeadLetterRepository, store: MemoryStore) => Partial<DeadLetterRepository>) =>
  async (): Promise<LetterRepositorySubject> => {
    const store = new MemoryStore();
    const sound = new MemoryDeadLetterRepository(store);
    return {
      ...(await memoryLetters(store)),
      open: async () => ({
        find: (query) => sound.find(query),
        findByIds: (project, ids, maxBytes) => sound.findByIds(project, ids, maxBytes),
        findLatestLetters: (keys) => sound.findLatestLetters(keys),
        remove: (removals) => sound.remove(removals),
        sweep: (limits) => sound.sweep(limits),
        claimReplay: (claim) => sound.claimReplay(claim),
        releaseReplay: (claim) => sound.releaseReplay(claim),
        ...overrides(sound, store),
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
  if (letter === undefined) throw new Error('A listed letter is not in the store.');
  return letter;
};

/** Returns the same origin on the first log of the topic. */
export const withoutLog = ({ topic, partition, offset }: Origin): Origin => ({ topic, partition, offset });

const sweeping = (change: Partial<SweepLimits>) =>
  letters((sound) => ({ sweep: (limits) => sound.sweep({ ...limits, ...change }) }));

export const brokenLetterRepositories: Broken<LetterRepositorySubject> = [
  ['B1', 'ignores codes', asking((query) => query.with({ filter: { ...query.filter, codes: [] } }))],
  [
    'B1',
    'includes the end of the time range',
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
    'continues a walk by time and ignores the id',
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
    'lists every part of a letter, however large',
    answering((page, store) => ({
      ...page,
      letters: page.letters.map((letter) => ({ ...letter, ...wholeOf(store, letter.id) })),
    })),
  ],
  [
    'B4',
    'does not name the parts that it left out',
    answering((page) => ({ ...page, letters: page.letters.map((letter) => ({ ...letter, omitted: [] })) })),
  ],
  [
    'B5',
    'returns all letters, however large',
    letters((sound) => ({
      findByIds: (project, ids) => sound.findByIds(project, ids, Number.MAX_SAFE_INTEGER),
    })),
  ],
  [
    'B5',
    'returns nothing if the first letter is too large',
    letters((sound) => ({
      async findByIds(project, ids, maxBytes) {
        const found = await sound.findByIds(project, ids, maxBytes);
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
    'returns an empty page during an outage',
    letters((sound) => ({
      find: (query) => sound.find(query).catch(() => ({ letters: [], hasMore: false })),
    })),
  ],
  [
    'B7',
    'rejects with an error of its driver',
    letters((sound) => ({
      remove: (removals) =>
        sound.remove(removals).catch(() => {
          throw new Error('ECONNREFUSED');
        }),
    })),
  ],
  [
    'B9',
    'limits a page by the number of letters alone',
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
    'returns the first letter instead of the latest',
    letters((_, store) => ({
      async findLatestLetters(keys) {
        store.assertReachable();
        return keys.flatMap(({ project, id }) => {
          const first = [...store.letters.values()].find((letter) => letter.activityId === id);
          return first === undefined ? [] : [{ project, id, diedAt: first.diedAt }];
        });
      },
    })),
  ],
  [
    'B8',
    'returns removed letters',
    letters((sound) => {
      const known = new Map<ActivityId, LatestLetter>();
      return {
        async findLatestLetters(keys) {
          for (const letter of await sound.findLatestLetters(keys)) known.set(letter.id, letter);
          return [...known.values()];
        },
      };
    }),
  ],
  [
    'B10',
    'removes letters from the log by the age limit of the edge',
    letters((sound) => ({ sweep: (limits) => sound.sweep({ ...limits, logBefore: limits.edgeBefore }) })),
  ],
  ['B10', 'ignores the age of letters of the edge', sweeping({ edgeBefore: undefined })],
  ['B10', 'ignores the age of letters from the log', sweeping({ logBefore: undefined })],
  ['B10', 'ignores the size limit', sweeping({ maxEdgeBytes: Number.MAX_SAFE_INTEGER })],
  ['B10', 'removes more letters than its limit', sweeping({ limit: 10_000 })],
  [
    'B10',
    'removes the newest letters of the edge first',
    letters((_, store) => ({
      async sweep() {
        store.letters.delete([...store.letters.keys()].at(-1) ?? '');
        return { expired: 0, evicted: 1, edgeBytes: 0 };
      },
    })),
  ],
  ['B11', 'grants every claim', letters(() => ({ claimReplay: async () => 'claimed' }))],
  [
    'B11',
    'never ends the claim of a dead process',
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
    'releases the claim of another caller',
    letters((_, store) => ({
      async releaseReplay() {
        store.claims.delete('replay');
      },
    })),
  ],
  [
    'B11',
    'respects a claim that a wrong clock has made',
    letters((_, store) => ({
      async claimReplay({ from, until }) {
        if ((store.claims.get('replay') ?? 0) > from) return 'taken';
        store.claims.set('replay', until);
        return 'claimed';
      },
    })),
  ],
  [
    'B13',
    'finds the letters of the first log only',
    letters((sound) => ({
      findByIds: (project, ids, maxBytes) =>
        sound.findByIds(
          project,
          ids.map((id) => DeadLetterId.of(withoutLog(DeadLetterId.originOf(id)))),
          maxBytes,
        ),
    })),
  ],
  [
    'B13',
    'removes the letters of all logs at once',
    letters((sound, store) => ({
      async remove(removals) {
        await sound.remove(removals);
        for (const { origin } of removals)
          for (const [id, letter] of store.letters)
            if (DeadLetterId.of(withoutLog(letter.origin)) === DeadLetterId.of(withoutLog(origin)))
              store.letters.delete(id);
      },
    })),
  ],
  [
    'B13',
    'lists letters without their logs',
    answering((page) => ({
      ...page,
      letters: page.letters.map((letter) => ({ ...letter, origin: withoutLog(letter.origin) })),
    })),
  ],
];
