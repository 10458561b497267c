import assert from 'node:assert/strict';
import {
  ActivityId,
  type DeadLetter,
  type DeadLetterCode,
  DeadLetterFilter,
  DeadLetterId,
  DeadLetterQuery,
  type DeadLetterRepository,
  listedBytes,
  type ListedLetter,
  maxPageBytes,
  type Order,
  ProjectId,
  TimeRange,
} from '@user-activity/domain';
import * as fc from 'fast-check';
import type { Contract } from './contract.ts';
import { letterIsolationCases } from './letter-isolation-cases.ts';
import { latestLetterCases } from './latest-letter-cases.ts';
import { assertSameLetters, at, bytes, comparable, idsOf, letterOf } from './letters.ts';
import { assertEachRejects } from './rejections.ts';
import { letterCases, type LetterRepositorySubject } from './letter-repository-subject.ts';
import { lettersOfLogsCases } from './letters-of-logs-cases.ts';
import { replayClaimCases } from './replay-claim-cases.ts';
import { sweepCases } from './sweep-cases.ts';

const ids = (letters: readonly DeadLetter[]): DeadLetterId[] =>
  letters.map(({ origin }) => DeadLetterId.of(origin));
const highLimit = 1024 * 1024;

const filterOf = (parts: Partial<DeadLetterFilter> = {}): DeadLetterFilter =>
  DeadLetterFilter.of({ project: ProjectId.default, ...parts });

interface Walk {
  readonly filter?: DeadLetterFilter;
  readonly order?: Order;
  readonly limit: number;
}

/** Returns every page of a walk. Calls `between` before each page but the first. */
async function walk(
  repository: DeadLetterRepository,
  { filter = filterOf(), order = 'desc', limit }: Walk,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<(readonly ListedLetter[])[]> {
  const pages: (readonly ListedLetter[])[] = [];
  for (let after: ListedLetter | undefined; ; ) {
    const { letters, hasMore } = await repository.find(DeadLetterQuery.of({ filter, order, limit, after }));
    pages.push(letters);
    after = letters.at(-1);
    if (!hasMore || after === undefined) return pages;
    await between();
  }
}

const anyLetter = fc.record({
  topic: fc.constantFrom('a', 'A', 'a.b', 'a-b'),
  partition: fc.integer({ min: 0, max: 11 }),
  diedAt: fc.integer({ min: 0, max: 6 }).map(at),
  code: fc.constantFrom<DeadLetterCode>('unreadable', 'conflict', 'refused'),
});

const deadLetterRepositoryCases = letterCases({
  B1: {
    async 'a filter selects letters by code and by time, from (inclusive) to (exclusive)'(repository, queue) {
      await queue.add([
        letterOf(1, { diedAt: at(0) }),
        letterOf(2, { diedAt: at(1), code: 'conflict' }),
        letterOf(3, { diedAt: at(2), code: 'refused' }),
        letterOf(4, { diedAt: at(3), code: 'conflict' }),
      ]);
      const found = async (filter: Partial<DeadLetterFilter>): Promise<number[]> =>
        (await walk(repository, { filter: filterOf(filter), order: 'asc', limit: 10 }))
          .flat()
          .map(({ origin }) => origin.offset);
      assert.deepEqual(await found({}), [1, 2, 3, 4]);
      assert.deepEqual(await found({ codes: ['conflict'] }), [2, 4]);
      assert.deepEqual(await found({ codes: ['refused', 'unreadable'] }), [1, 3]);
      assert.deepEqual(await found({ diedAt: TimeRange.between(at(1), at(3)) }), [2, 3]);
      assert.deepEqual(await found({ diedAt: TimeRange.between(at(1), at(1)) }), []);
      assert.deepEqual(
        await found({ codes: ['conflict'], diedAt: TimeRange.between(at(2), undefined) }),
        [4],
      );
    },
  },
  B2: {
    async '`asc` sorts by time, then by the bytes of the id, and `desc` is the exact reverse'(
      repository,
      queue,
    ) {
      const letters = [letterOf(10), letterOf(9), letterOf(9, { origin: originOf('User', 0, 9) })];
      letters.push(letterOf(7, { diedAt: at(1) }), letterOf(8, { diedAt: at(-1) }));
      await queue.add(letters);
      const expected = ['user-activity:0:8', 'User:0:9', 'user-activity:0:10', 'user-activity:0:9'];
      expected.push('user-activity:0:7');
      const [ascending] = await walk(repository, { order: 'asc', limit: 500 });
      assert.deepEqual(idsOf(ascending ?? []), expected);
      const [descending] = await walk(repository, { order: 'desc', limit: 500 });
      assert.deepEqual(idsOf(descending ?? []), expected.toReversed());
    },
  },
  B3: {
    async 'a walk with any filter, order and limit returns all matching letters in order'(repository, queue) {
      const allLetters: DeadLetter[] = [];
      const anyQuery = fc.record({
        codes: fc.subarray<DeadLetterCode>(['unreadable', 'conflict', 'refused']),
        from: fc.option(fc.integer({ min: -1, max: 6 }), { nil: undefined }),
        order: fc.constantFrom('asc' as const, 'desc' as const),
        limit: fc.integer({ min: 1, max: 5 }),
      });
      const anyQueries = fc.array(anyQuery, { minLength: 3, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(fc.array(anyLetter, { maxLength: 8 }), anyQueries, async (fields, queries) => {
          const added = fields.map(({ topic, partition, ...rest }, index) =>
            letterOf(0, { origin: originOf(topic, partition, allLetters.length + index), ...rest }),
          );
          await queue.add(added);
          allLetters.push(...added);
          for (const { codes, from, ...page } of queries) {
            const diedAt = TimeRange.between(from === undefined ? undefined : at(from), undefined);
            const pages = await walk(repository, { ...page, filter: filterOf({ codes, diedAt }) });
            const wanted = allLetters
              .filter(
                (letter) =>
                  (codes.length === 0 || codes.includes(letter.code)) && diedAt.holds(letter.diedAt),
              )
              .toSorted(compareByTime);
            const expected = ids(page.order === 'asc' ? wanted : wanted.toReversed());
            assert.deepEqual(pages.flatMap(idsOf), expected);
            assert.ok(pages.slice(0, -1).every(({ length }) => length === page.limit));
          }
        }),
        { numRuns: 15, endOnFailure: true },
      );
    },
    async 'a walk skips and repeats no letter while others are added or removed'(repository, queue) {
      const initial = Array.from({ length: 12 }, (_, offset) =>
        letterOf(offset, { diedAt: at(offset * 10) }),
      );
      await queue.add(initial);
      let page = 0;
      const seen = await walk(repository, { order: 'asc', limit: 3 }, async () => {
        await repository.remove(initial.slice(page * 3, page * 3 + 3));
        page += 1;
        await queue.add([letterOf(100 + page, { diedAt: at(-page) })]);
      });
      assert.deepEqual(seen.flatMap(idsOf), ids(initial));
    },
  },
  B4: {
    async 'a page has the parts of a letter unchanged, and names those that it omits as too large'(
      repository,
      queue,
    ) {
      const headers = { twice: [bytes('one'), Uint8Array.of(0xff)], ['__proto__']: [new Uint8Array()] };
      const small = letterOf(1, { key: Uint8Array.of(0, 0xff), headers });
      const atBound = letterOf(2, {
        key: new Uint8Array(listedBytes.key),
        value: new Uint8Array(listedBytes.value),
      });
      const withoutBytes = letterOf(3, { key: null, value: null, activityId: ActivityId.parse('a') });
      const large = letterOf(4, {
        key: new Uint8Array(listedBytes.key + 1),
        value: new Uint8Array(listedBytes.value + 1),
        headers: { long: [new Uint8Array(listedBytes.headers + 1)] },
      });
      await queue.add([small, atBound, withoutBytes, large]);
      const [page = []] = await walk(repository, { order: 'asc', limit: 10 });
      const listed = (letter: DeadLetter, omitted: ListedLetter['omitted'] = []): ListedLetter => ({
        ...letter,
        id: DeadLetterId.of(letter.origin),
        size: letter.value?.length ?? 0,
        omitted,
      });
      const expected = [
        listed(small),
        listed(atBound),
        listed(withoutBytes),
        { ...listed(large, ['key', 'value', 'headers']), key: null, value: null, headers: {} },
      ];
      assert.deepEqual(page.map(comparable), expected.map(comparable));
    },
  },
  B9: {
    async 'a page of large letters ends before its JSON exceeds 4 MiB'(repository, queue) {
      const shown = new Uint8Array(listedBytes.value).fill(0x22);
      const letters = Array.from({ length: 150 }, (_, offset) =>
        letterOf(offset + 100, { value: shown, code: offset % 2 === 0 ? 'refused' : 'conflict' }),
      );
      await queue.add(letters);
      for (const codes of [[], ['refused', 'conflict'] as const]) {
        const pages = await walk(repository, {
          filter: filterOf({ codes }),
          order: 'asc',
          limit: 500,
        });
        assert.deepEqual(pages.flatMap(idsOf), ids(letters));
        for (const page of pages)
          assert.ok(2 * page.reduce((sum, { size }) => sum + size, 0) <= maxPageBytes, 'a page is too large');
        assert.ok(pages.length <= 6, `the walk has ${pages.length} pages, more than it needs`);
      }
    },
  },
  B5: {
    async 'findByIds returns whole letters in the order of the ids, up to the byte limit'(repository, queue) {
      const letters = [3, 1, 2].map((offset) =>
        letterOf(offset, { key: null, value: new Uint8Array(100_000).fill(offset), headers: {} }),
      );
      const strange = letterOf(4, {
        key: Uint8Array.of(0),
        headers: { a: [Uint8Array.of(0xff), bytes('b')] },
        activityId: ActivityId.parse('~'.repeat(128)),
      });
      const largest = letterOf(5, { value: new Uint8Array(1024 * 1024).fill(0xff) });
      await queue.add([...letters, strange, largest]);
      const found = async (wanted: readonly DeadLetter[], maxBytes: number): Promise<object[]> =>
        (await repository.findByIds(ProjectId.default, ids(wanted), maxBytes)).map(comparable);
      const absentLetter = letterOf(9);
      assert.deepEqual(
        await found([absentLetter, ...letters, strange], highLimit),
        [...letters, strange].map(comparable),
      );
      assert.deepEqual(await found([...letters, ...letters], highLimit), letters.map(comparable));
      assert.deepEqual(await found(letters, 250_000), letters.slice(0, 2).map(comparable));
      assert.deepEqual(await found([largest, strange], 10), [comparable(largest)]);
      assert.deepEqual(await found([absentLetter], highLimit), []);
      assert.deepEqual(await found([], highLimit), []);
    },
  },
  B6: {
    async '`remove` keeps a letter that was added again after the caller read it'(
      repository,
      queue,
      subject,
    ) {
      const [first, second, third] = [letterOf(1), letterOf(2), letterOf(3)];
      await queue.add([first, second, third]);
      const again = { ...second, diedAt: at(1), reason: 'again' };
      await queue.add([again]);
      await repository.remove([first, second, letterOf(9)]);
      await repository.remove([first]);
      await repository.remove([]);
      const left = await (await subject.open()).findByIds(
        ProjectId.default,
        ids([first, second, third]),
        highLimit,
      );
      assertSameLetters(left, [again, third]);
      await repository.remove([again]);
      assertSameLetters(
        await repository.findByIds(ProjectId.default, ids([first, second, third]), highLimit),
        [third],
      );
    },
  },
  B7: {
    async 'calls reject while the store is unreachable, and work again afterwards'(
      repository,
      queue,
      subject,
    ) {
      const letter = letterOf(1);
      await queue.add([letter]);
      const restore = await subject.interrupt();
      const codes = ['STORE_UNAVAILABLE', 'STORE_TIMEOUT'] as const;
      await assertEachRejects(
        [
          () => walk(repository, { limit: 1 }),
          () => repository.findByIds(ProjectId.default, ids([letter]), highLimit),
          () => repository.findLatestLetters([{ project: ProjectId.default, id: ActivityId.parse('a') }]),
          () => repository.remove([letter]),
        ],
        ...codes,
      );
      await restore();
      assertSameLetters(await repository.findByIds(ProjectId.default, ids([letter]), highLimit), [letter]);
      await repository.remove([letter]);
      assert.deepEqual(await walk(repository, { limit: 1 }), [[]]);
    },
  },
});

/** The promises of every `DeadLetterRepository`, by the numbers in its doc comment. */
export const deadLetterRepositoryContract: Contract<LetterRepositorySubject> = [
  ...deadLetterRepositoryCases,
  ...latestLetterCases,
  ...letterIsolationCases,
  ...sweepCases,
  ...replayClaimCases,
  ...lettersOfLogsCases,
];

function originOf(topic: string, partition: number, offset: number): DeadLetter['origin'] {
  return { topic, partition, offset };
}

const compareByTime = (a: DeadLetter, b: DeadLetter): number =>
  a.diedAt - b.diedAt || (DeadLetterId.of(a.origin) < DeadLetterId.of(b.origin) ? -1 : 1);
