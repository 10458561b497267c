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
 * The owner of a secret, or why the secret is refused. `unavailable` means that the store can't be read, so that this process does not know
 * whether the key exists or was revoked.
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

/** How old the table may be, in milliseconds, before an unknown secret counts as `unavailable`, because its key may be new. */
const maxTableAgeMs = 10_000;

interface Entry {
  readonly key: AccessKey;
  readonly secret: KeySecret;
  readonly principal: Principal;
}

/** A cache of all API keys, so that no request waits for the store. */
export class KeyTable {
  /** The rate limits of keys, and how much of them is used. A rotated key keeps its buckets. */
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

  /** Reads all keys into the table. If reads overlap, the newest one wins. If a read fails, the table stays as it is. */
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

  /** Finds the owner of the secret with this SHA-256. The scope of the request decides how old the table may be. */
  readonly authenticate = (digest: string, scope: Scope | undefined): Authentication => {
    const { clock, now, graceMs } = this.#options;
    const age = now() - this.#readAt;
    const entry = this.#entries.get(digest);
    if (entry === undefined) return this.#lastReadFailed || age > maxTableAgeMs ? 'unavailable' : 'unknown';
    const state = AccessKey.secretStateOf(entry.key, entry.secret, clock.now());
    if (state !== 'valid') return state;
    return age > (scope === 'write' ? graceMs : otherGraceMs) ? 'unavailable' : entry.principal;
  };

  /**
   * Returns whether a valid key allows web pages of this origin. A browser asks this (CORS preflight) before it sends the key. The answer
   * does not depend on the age of the table: the response to the request itself tells a page that the store can't be read.
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
