import { createHash } from 'node:crypto';
import { KeyId, type NewSecret, type SecretGenerator } from '@user-activity/domain';

/** Generates the key ids `0000000000000001`, `0000000000000002` and so on, and secrets that tests can predict. */
export class SequentialSecrets implements SecretGenerator {
  #ids = 0;
  #secrets = 0;

  nextId(): KeyId {
    this.#ids += 1;
    return KeyId.parse(this.#ids.toString(16).padStart(16, '0'));
  }

  nextSecret(id: KeyId): NewSecret {
    this.#secrets += 1;
    const text = KeyId.secretText(id, String(this.#secrets).padStart(43, '0'));
    return { text, digest: createHash('sha256').update(text).digest('hex') };
  }
}
