import assert from 'node:assert/strict';
import { ActivityId, type IdGenerator } from '@user-activity/domain';
import { casesWith, type Subject } from './contract.ts';

/** Generators of one kind. */
export interface IdGeneratorSubject extends Subject {
  /** Makes a new generator, as another process would. */
  open(): Promise<IdGenerator>;
}

const generatorCases = casesWith(
  async (subject: IdGeneratorSubject) => [await subject.open(), subject] as const,
);
const makeIds = (generator: IdGenerator): string[] => Array.from({ length: 20_000 }, () => generator.next());

/** The promises of every `IdGenerator`, by the numbers in its doc comment. */
export const idGeneratorContract = generatorCases({
  I1: {
    async 'every id is valid'(generator) {
      for (const id of makeIds(generator)) assert.equal(ActivityId.parse(id), id);
    },
  },
  I2: {
    async 'two generators never make the same id'(generator, subject) {
      const ids = [...makeIds(generator), ...makeIds(await subject.open())];
      assert.equal(new Set(ids).size, ids.length);
    },
  },
  I3: {
    async 'each id of a generator sorts after the previous one, even within a millisecond'(generator) {
      const ids = makeIds(generator);
      const unsorted = ids.findIndex((id, index) => id <= (ids[index - 1] ?? ''));
      assert.equal(unsorted, -1, `${ids[unsorted]} comes after ${ids[unsorted - 1]}`);
    },
  },
  I4: {
    // The digests are those of `printf '%s' … | openssl dgst -sha256 -binary | basenc --base64url`.
    async 'sha256 returns the SHA-256 of any text, even of an empty one or one beyond ASCII'(generator) {
      assert.equal(generator.sha256(''), '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU');
      assert.equal(generator.sha256('Grüße 😀'), 'NDbPHC-RKSPrbFhDK8lz8eO_V4UvAAgitTlU5F5sW-Q');
      assert.equal(generator.sha256('a'.repeat(300)), 'mDX6a_TiCpueqBJQYwLpiYJyGmz40srmevVxKb8hrpA');
    },
  },
});
