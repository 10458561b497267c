import { hash, randomBytes } from 'node:crypto';
import { KeyId, type NewSecret, type SecretGenerator } from '@user-activity/domain';

/** Makes ids and secrets of API keys from random bytes of the operating system. */
export class RandomSecrets implements SecretGenerator {
  nextId(): KeyId {
    return KeyId.trusted(randomBytes(8).toString('hex'));
  }

  nextSecret(id: KeyId): NewSecret {
    const text = KeyId.secretText(id, randomBytes(32).toString('base64url'));
    return { text, digest: hash('sha256', text) };
  }
}
