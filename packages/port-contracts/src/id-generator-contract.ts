import assert from 'node:assert/strict';
import { ActivityId, type IdGenerator } from '@user-activity/domain';
import type { Contract, Subject } from './contract.ts';

/** Generators of one kind. */
export interface IdGeneratorSubject extends Subject {
  /** Makes a new generator, as another process would. */
  open(): Promise<IdGenerator>;
}

const many = (generator: IdGenerator): string[] => Array.from({ length: 20_000 }, () => generator.next());

/** The promises of every `IdGenerator`, by the numbers in its doc comment. */
export const idGeneratorContract: Contract<IdGeneratorSubject> = [
  {
    promise: 'I1',
    title: 'every id is valid',
    async run(subject) {
      for (const id of many(await subject.open())) assert.equal(ActivityId.parse(id), id);
    },
  },
  {
    promise: 'I2',
    title: 'no id is made twice, not even by two generators',
    async run(subject) {
      const ids = [...many(await subject.open()), ...many(await subject.open())];
      assert.equal(new Set(ids).size, ids.length);
    },
  },
  {
    promise: 'I3',
    title: 'ids of one generator rise, also within a millisecond',
    async run(subject) {
      const ids = many(await subject.open());
      const fallen = ids.findIndex((id, index) => id <= (ids[index - 1] ?? ''));
      assert.equal(fallen, -1, `${ids[fallen]} comes after ${ids[fallen - 1]}`);
    },
  },
];
