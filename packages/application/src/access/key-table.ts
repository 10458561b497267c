import {
  AccessKey,
  type Clock,
  type KeyRepository,
  type KeySecret,
  Principal,
  type Scope,
} from '@user-activity/domain';
import { BucketTable } from './bucket-table.ts';
import { ReadOrder } from './read-order.ts';

/**
 * The owner of a secret, or why it is refused. `unavailable`: the store can't be read, so nobody knows whether the key exists or was
 * revoked.
 */
export type Authentication = Principal | 'unknown' | 'expired' | 'revoked' | 'unavailable';

export interface KeyTableOptions {
  readonly clock: Clock;
  /** A clock in milliseconds that never jumps. */
  readonly now: () => number;
  /** How long keys with the scope `write` work while the store can't be read, in milliseconds. */
  readonly graceMs: number;
}

/** How long keys with other scopes work while the store can't be read, in milliseconds. */
const otherGraceMs = 60_000;

/** A read of all keys that takes longer counts as a failure, in milliseconds. */
const maxReadMs = 10_000;

interface Entry {
  readonly key: AccessKey;
  readonly secret: KeySecret;
  readonly principal: Principal;
}

/** The keys as this process knows them, so that no request waits for the store. */
export class KeyTable {
  /** What each key with limits has used. A rotated key keeps its buckets. */
  readonly buckets: BucketTable<Principal['actor']>;
  readonly #options: KeyTableOptions;
  #entries: ReadonlyMap<string, Entry> = new Map();
  /** The public keys by their origins. */
  #keysByOrigin: ReadonlyMap<string, readonly { readonly key: AccessKey }[]> = new Map();
  #readAt = Number.NEGATIVE_INFINITY;
  #lastReadFailed = true;
  readonly #reads: ReadOrder = new ReadOrder();

  constructor(options: KeyTableOptions) {
    this.#options = options;
    this.buckets = new BucketTable(options.now);
  }

  /** Reads all keys. An older read that ends later changes nothing. If it rejects, the keys stay as they are. */
  async refresh(keys: Pick<KeyRepository, 'findAll'>): Promise<void> {
    const read = this.#reads.begin();
    const startedAt = this.#options.now();
    try {
      const all = await keys.findAll();
      if (this.#reads.accept(read)) this.#replace(all, startedAt);
    } catch (error) {
      if (this.#reads.isLatest(read)) this.#lastReadFailed = true;
      throw error;
    }
  }

  /** Finds the owner of the secret with this SHA-256, for work of a scope. Without a scope, any key will do. */
  readonly authenticate = (digest: string, scope: Scope | undefined): Authentication => {
    const { clock, now, graceMs } = this.#options;
    const age = now() - this.#readAt;
    const entry = this.#entries.get(digest);
    if (entry === undefined) return this.#lastReadFailed || age > maxReadMs ? 'unavailable' : 'unknown';
    const state = AccessKey.secretStateOf(entry.key, entry.secret, clock.now());
    if (state !== 'valid') return state;
    return age > (scope === 'write' ? graceMs : otherGraceMs) ? 'unavailable' : entry.principal;
  };

  /**
   * Returns whether a valid key allows web pages of this origin. So browsers can ask before they send a key. Answers also while the store
   * can't be read: then pages learn that from the response to the request itself.
   */
  readonly allowsOrigin = (origin: string): boolean => {
    const now = this.#options.clock.now();
    return (this.#keysByOrigin.get(origin) ?? []).some(({ key }) => AccessKey.stateOf(key, now) === 'valid');
  };

  #replace(keys: readonly AccessKey[], readAt: number): void {
    this.#entries = new Map(
      keys.flatMap((key) => {
        const principal = Principal.of(key);
        return key.secrets.map((secret) => [secret.digest, { key, secret, principal }] as const);
      }),
    );
    const allowances = keys.flatMap((key) => key.origins.map((origin) => ({ origin, key })));
    this.#keysByOrigin = Map.groupBy(allowances, ({ origin }) => origin);
    this.buckets.replace(keys.map(({ id, limits }) => [id, limits]));
    this.#readAt = readAt;
    this.#lastReadFailed = false;
  }
}

/** Reads all keys into the table. If the store is unavailable, the table stays as it is. Throws STORE_UNAVAILABLE and STORE_TIMEOUT. */
export type RefreshKeys = () => Promise<void>;

export const makeRefreshKeys = ({
  keys,
  keyTable,
}: {
  readonly keys: Pick<KeyRepository, 'findAll'>;
  readonly keyTable: Pick<KeyTable, 'refresh'>;
}): RefreshKeys =>
  async function refreshKeys() {
    await keyTable.refresh(keys);
  };
