/** A permission of a key. `admin` includes all others. */
export type Scope = 'write' | 'read' | 'dead-letters' | 'metrics' | 'erase' | 'admin';

/** How much the requests with a key may use per second. A member that is absent or null sets no limit. */
export interface KeyLimits {
  readonly itemsPerSecond?: number | null;
  readonly bytesPerSecond?: number | null;
  readonly answerBytesPerSecond?: number | null;
  readonly searchMsPerSecond?: number | null;
}

/** An API key to create. */
export interface NewKey {
  readonly name: string;
  /** Default: the project of the request. `*`: all projects, which makes it the key of an operator. */
  readonly project?: string | null;
  readonly scopes: readonly Scope[];
  /** The origins of the web pages that may use the key, such as `https://shop.example`. A key with origins is public. */
  readonly origins?: readonly string[] | null;
  readonly limits?: KeyLimits | null;
  readonly expiresAt?: string | null;
}

/** An API key, without its secret. */
export interface Key {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly scopes: readonly Scope[];
  readonly origins: readonly string[];
  readonly limits: KeyLimits;
  readonly state: 'valid' | 'expired' | 'revoked';
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly previousSecretExpiresAt: string | null;
}

/** A new API key, or a key with a new secret. No later answer contains the secret. */
export interface KeyWithSecret extends Key {
  readonly secret: string;
}
