import assert from 'node:assert/strict';
import {
  type ActivityRepository,
  type JsonObject,
  type JsonValue,
  MetadataCondition,
  Timestamp,
  TimeRange,
  type UserActivity,
} from '@user-activity/domain';
import * as fc from 'fast-check';
import { anyMetadata } from './arbitraries.ts';
import { repositoryCases } from './repository-subject.ts';
import { activitiesWithRareSteps, idsOf, sampleActivity } from './samples.ts';
import { filterOf, saveAll, walk, where } from './walk.ts';

const sinceYearZero = TimeRange.between(Timestamp.parse('0000-01-01T00:00:00Z'), undefined);

/** Returns the sorted ids of the activities that match all conditions. Asserts that `count` agrees. */
async function idsWhere(
  repository: ActivityRepository,
  metadata: readonly MetadataCondition[],
): Promise<string[]> {
  const filter = filterOf({ createdAt: sinceYearZero, metadata });
  const ids = (await walk(repository, { filter, limit: 500 })).flat().map(({ id }) => id as string);
  assert.equal(await repository.count(filter), ids.length, 'find and count differ');
  return ids.toSorted();
}

/** The metadata of each activity, by its id. */
const metadataById: Readonly<Record<string, JsonObject>> = {
  number: { a: 5 },
  string: { a: '5' },
  other: { a: 6 },
  true: { a: true },
  'true-string': { a: 'true' },
  null: { a: null },
  'null-string': { a: 'null' },
  list: { a: [1, 5, 'x'] },
  nested: { a: [[5]] },
  object: { a: { b: 5 } },
  objects: { a: [{ b: 4 }, { b: 5 }, { c: null }] },
  missing: { c: 1 },
  empty: { '': { '': 'e' } },
  dollar: { $set: 'd' },
  dot: { 'a.b': 'd' },
  percent: { '%': 'p', '%24set': 'p' },
  words: { constructor: 'w', _bsontype: 'w', toBSON: 'w' },
  large: { n: 9007199254740992, m: 1e300 },
  'large-string': { n: '9007199254740993' },
};

/** Lists of conditions, each with the ids of the activities that match all conditions of the list. */
const lookups: readonly (readonly [conditions: readonly MetadataCondition[], ids: readonly string[]])[] = [
  [[where('a', '5')], ['number', 'string', 'list']],
  [[where('a', '5.0')], ['number', 'list']],
  [[where('a', '5e0', 'true')], ['number', 'list', 'true', 'true-string']],
  [[where('a', '05', '+5', ' 5', '0x5')], []],
  [[where('a', 'null')], ['null', 'null-string']],
  [[where('a', 'x'), where('a.1', '5')], ['list']],
  [[where('a.0', '5')], []],
  [[where('a.b', '5')], ['object', 'objects']],
  [[where('a.1.b', '5')], ['objects']],
  [[where('a.b', 'null')], []],
  [[where('a.c', 'null')], ['objects']],
  [[where('a', '5'), where('c', '1')], []],
  [[where('.', 'e')], ['empty']],
  [[where('$set', 'd')], ['dollar']],
  [[where(['a.b'], 'd')], ['dot']],
  [[where('%', 'p'), where('%24set', 'p')], ['percent']],
  [[where('constructor', 'w'), where('_bsontype', 'w'), where('toBSON', 'w')], ['words']],
  [[where('__proto__', 'w')], []],
  [[where('\0', 'w')], []],
  [[where('n', '9007199254740992')], ['large']],
  [[where('n', '9007199254740993')], ['large-string']],
  [[where('m', '1e300', '1e999')], ['large']],
];

/** A key from a small set. Because there are few keys and values, random conditions often match. */
const someKey = fc.constantFrom('a', 'b', '', '$set', 'a.b', '%', '0', '1', 'constructor', '_bsontype');
const someScalar = fc.constantFrom<JsonValue>(
  1,
  2,
  '1',
  '2',
  1e21,
  2 ** 53,
  0.5,
  null,
  'null',
  true,
  'x',
  '',
);
const { value: someValue } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'large' },
    someScalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(someKey, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const someMetadata = fc.dictionary(someKey, someValue, { minKeys: 1, maxKeys: 4, noNullPrototype: true });

/** Makes a condition on a value in the metadata, at a path that `choose` selects. Compares a value that is no scalar as JSON text. */
function anyConditionOn(metadata: JsonObject, choose: (count: number) => number): MetadataCondition {
  const path: string[] = [];
  let value: JsonValue = metadata;
  while (typeof value === 'object' && value !== null && path.length < 16) {
    const members: (readonly [string, JsonValue])[] = Object.entries(value);
    const [key, member] = members[choose(members.length)] ?? ['a', 1];
    // Half of the paths enter the items of an array without an index.
    if (!Array.isArray(value) || choose(2) === 0) path.push(key);
    value = member;
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const texts = [text, ['1', 'null', 'x', '2.0'][choose(4)] ?? ''];
  return { path: path.length > 0 ? path : ['a'], scalars: MetadataCondition.scalarsOf(texts) };
}

/** The promise R13 about metadata conditions. */
export const metadataCases = repositoryCases({
  R13: {
    async 'a condition matches by text, searches arrays, and does not match a missing member'(repository) {
      await repository.save(
        Object.entries(metadataById).map(([id, metadata]) => sampleActivity({ id, metadata })),
      );
      for (const [conditions, ids] of lookups)
        assert.deepEqual(
          await idsWhere(repository, conditions),
          [...ids].toSorted(),
          JSON.stringify(conditions.map(({ path, scalars }) => [path, [...scalars]])),
        );
    },
    async 'any condition matches any metadata exactly as `MetadataCondition.matches` does'(repository) {
      const allActivities: UserActivity[] = [];
      const more = fc.array(fc.oneof({ weight: 4, arbitrary: someMetadata }, anyMetadata), {
        minLength: 10,
        maxLength: 20,
      });
      await fc.assert(
        fc.asyncProperty(more, fc.infiniteStream(fc.nat()), async (metadata, naturals) => {
          const added = metadata.map((each) => sampleActivity({ metadata: each }));
          await repository.save(added);
          allActivities.push(...added);
          const choose = (count: number): number => Number(naturals.next().value) % Math.max(count, 1);
          for (let round = 0; round < 10; round += 1) {
            const of = allActivities[choose(allActivities.length)]?.metadata ?? {};
            const conditions = [anyConditionOn(of, choose), anyConditionOn(of, choose)].slice(choose(2));
            const expected = allActivities.filter((activity) =>
              conditions.every((condition) => MetadataCondition.matches(condition, activity.metadata)),
            );
            assert.deepEqual(
              await idsWhere(repository, conditions),
              expected.map(({ id }) => id as string).toSorted(),
            );
          }
        }),
        { numRuns: 15, endOnFailure: true },
      );
    },
    async 'a walk with a metadata condition skips and repeats nothing, even for several users'(repository) {
      const activities = activitiesWithRareSteps();
      await saveAll(repository, activities);
      const userIds = ['user-1', 'user-2'];
      const filter = filterOf({ userIds, metadata: [where('step', 'rare')] });
      const wanted = idsOf(
        activities.filter(({ userId, metadata }) => userIds.includes(userId) && metadata['step'] === 'rare'),
      );
      for (const order of ['asc', 'desc'] as const) {
        for (const limit of [20, 500]) {
          const pages = await walk(repository, { filter, order, limit });
          assert.deepEqual(
            pages.flat().map(({ id }) => id),
            order === 'asc' ? wanted : wanted.toReversed(),
          );
          assert.ok(pages.slice(0, -1).every((page) => page.length === limit));
        }
      }
      assert.equal(await repository.count(filter), wanted.length);
    },
  },
});
