import type { KeyId } from '../access/key-id.ts';

/** A new secret: the text, which its owner sees only once, and the digest, which is stored. */
export interface NewSecret {
  /** The text that clients send: `ua_<id>_<32 random bytes in base64url>`. */
  readonly text: string;
  /** The SHA-256 of the text in hexadecimal. */
  readonly digest: string;
}

/**
 * Makes the ids and secrets of API keys.
 *  G1 Valid   every id passes `KeyId.parse`, and every text `KeyId.isSecret`.
 *  G2 Unique  no id and no secret is made twice, across generators and processes.
 *  G3 Digest  the digest is that of the text.
 */
export interface SecretGenerator {
  nextId(): KeyId;
  nextSecret(id: KeyId): NewSecret;
}
