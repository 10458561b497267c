import assert from 'node:assert/strict';
import { KeyId, type SecretGenerator } from '@user-activity/domain';
import { casesWith, type Subject } from './contract.ts';

/** Generators of one kind. */
export interface SecretGeneratorSubject extends Subject {
  /** Makes a new generator, as another process would. */
  open(): Promise<SecretGenerator>;
}

const generatorCases = casesWith(
  async (subject: SecretGeneratorSubject) => [await subject.open(), subject] as const,
);

const makeSecrets = (generator: SecretGenerator) =>
  Array.from({ length: 2000 }, () => {
    const id = generator.nextId();
    return { id, ...generator.nextSecret(id) };
  });

/** The promises of every `SecretGenerator`, by the numbers in its doc comment. */
export const secretGeneratorContract = generatorCases({
  G1: {
    async 'every id and every secret is valid, and the secret names the id'(generator) {
      for (const { id, text } of makeSecrets(generator)) {
        assert.equal(KeyId.parse(id), id);
        assert.ok(KeyId.isSecret(text), text);
        assert.ok(text.startsWith(`ua_${id}_`), text);
      }
    },
  },
  G2: {
    async 'two generators never make the same id or secret'(generator, subject) {
      const all = [...makeSecrets(generator), ...makeSecrets(await subject.open())];
      assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
      assert.equal(new Set(all.map(({ text }) => text.slice(-43))).size, all.length);
    },
  },
  G3: {
    async 'the digest is the SHA-256 of the secret'(generator) {
      for (const { text, digest } of makeSecrets(generator).slice(0, 100)) {
        const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
        assert.equal(digest, Buffer.from(bytes).toString('hex'));
      }
    },
  },
});
