import type { ErasureLedger, ProjectId, RecordedErasure, UserDigest } from '@user-activity/domain';
import { mergedErasures } from './merged-erasures.ts';

/** Returns the digest of a user id. Takes the id as a text, or as the bytes of a record's key. */
export type DigestUser = (user: string | Uint8Array) => UserDigest;

export interface UserErasureDeps {
  readonly ledger: Pick<ErasureLedger, 'isEmpty' | 'findByUsers'>;
  readonly digestUser: DigestUser;
}

/** The recorded erasures of the users of some items. Erasures that a later one covers are merged into that one. */
export class UserErasures<Item> {
  /** The number of recorded erasures, before they were merged. */
  readonly count: number;
  readonly #digests: Map<Item, UserDigest>;
  readonly #byUser: ReadonlyMap<UserDigest, readonly RecordedErasure[]>;

  private constructor(digests: Map<Item, UserDigest>, found: readonly RecordedErasure[]) {
    this.count = found.length;
    this.#digests = digests;
    const bySubject = Map.groupBy(found, ({ project, user }) => `${project} ${user}`);
    this.#byUser = Map.groupBy([...bySubject.values()].flatMap(mergedErasures), ({ user }) => user);
  }

  /**
   * Looks up the erasures of all items. `userOf` returns the id of an item's user or the key of its record, and null if it has neither. If
   * `earlier` is a result for the same items, its digests are used again.
   */
  static async of<Item>(
    { ledger, digestUser }: UserErasureDeps,
    items: readonly Item[],
    userOf: (item: Item) => string | Uint8Array | null,
    earlier?: UserErasures<Item>,
  ): Promise<UserErasures<Item>> {
    // Digests take time, so none is computed while there is no erasure.
    if (items.length === 0 || (await ledger.isEmpty())) return new UserErasures<Item>(new Map(), []);
    const isKnown = earlier !== undefined && earlier.#digests.size > 0;
    const digests = isKnown ? earlier.#digests : new Map<Item, UserDigest>();
    if (!isKnown)
      for (const item of items) {
        const user = userOf(item);
        if (user !== null) digests.set(item, digestUser(user));
      }
    return new UserErasures(digests, await ledger.findByUsers([...new Set(digests.values())]));
  }

  /** Returns the erasures of the item's user in the projects for which `isIn` returns true. */
  of(item: Item, isIn: (project: ProjectId) => boolean): readonly RecordedErasure[] {
    if (this.count === 0) return [];
    const digest = this.#digests.get(item);
    const erasures = digest === undefined ? undefined : this.#byUser.get(digest);
    return erasures?.filter(({ project }) => isIn(project)) ?? [];
  }
}
