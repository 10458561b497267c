import {
  ActivityKeyText,
  type DeadLetter,
  type DeadLetterId,
  type ErasedUserRecord,
  type ErasureId,
  type ErasureLedger,
  type ErasureProgress,
  isCovered,
  isLetterCovered,
  type KeptUserErasure,
  type OpenErasure,
  type OpenPosition,
  type PlacedErasure,
  type ProjectId,
  projectsOfUser,
  type RecordedErasure,
  type UserDigest,
  type UserErasure,
  type UserId,
  type UserRemoval,
} from '@user-activity/domain';
import { itemsAfter } from './items-after.ts';
import { MemoryStore } from './memory-store.ts';

const utf8 = new TextDecoder();

/** Compares two erasures that are not done, by the time of the request and then by id. */
const comparePositions = (left: OpenPosition, right: OpenPosition): number =>
  left.requestedAt - right.requestedAt || (left.id < right.id ? -1 : Number(left.id > right.id));

/** Keeps the erasures of users in a map. Each removal checks all activities or dead letters. */
export class MemoryErasureLedger implements ErasureLedger {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore = new MemoryStore()) {
    this.#store = store;
  }

  async announce({ id, project }: UserErasure): Promise<void> {
    const { userErasures } = this.#reachableStore();
    if (!userErasures.has(id)) userErasures.set(id, { project, erased: 0 });
  }

  async record(erasure: OpenErasure): Promise<void> {
    await this.keep({ ...erasure, erased: 0 });
  }

  async find(project: ProjectId, id: ErasureId): Promise<ErasureProgress | undefined> {
    const entry = this.#reachableStore().userErasures.get(id);
    if (entry?.project !== project) return undefined;
    const { recorded, userId, erased } = entry;
    if (recorded === undefined) return { id, status: 'accepted', erased };
    return { id, status: userId === undefined ? 'done' : 'running', erased };
  }

  async isEmpty(): Promise<boolean> {
    return !this.#recorded().some(() => true);
  }

  async findByUsers(users: readonly UserDigest[]): Promise<readonly RecordedErasure[]> {
    return this.#recorded()
      .filter(({ user }) => users.includes(user))
      .map(({ userId, ...erasure }) => ({ ...erasure, isOpen: userId !== undefined }));
  }

  async findOpen(limit: number, after?: OpenPosition): Promise<readonly OpenErasure[]> {
    return this.#recorded()
      .flatMap(({ userId, ...erasure }) => (userId === undefined ? [] : { ...erasure, userId }))
      .toSorted(comparePositions)
      .filter((erasure) => after === undefined || comparePositions(erasure, after) > 0)
      .slice(0, limit);
  }

  async findAll(limit: number, after?: ErasureId): Promise<readonly KeptUserErasure[]> {
    return [...this.#reachableStore().userErasures.values()]
      .flatMap(({ recorded, userId, erased }) =>
        recorded === undefined ? [] : { ...recorded, userId, erased },
      )
      .filter(({ id }) => after === undefined || id > after)
      .toSorted((left, right) => (left.id < right.id ? -1 : 1))
      .slice(0, limit);
  }

  async keep({ userId, erased, ...recorded }: KeptUserErasure): Promise<void> {
    const { userErasures } = this.#reachableStore();
    if (userErasures.get(recorded.id)?.recorded !== undefined) return;
    userErasures.set(recorded.id, { project: recorded.project, recorded, userId, erased });
  }

  async removeActivities({ erasure, replacement, after, limit }: UserRemoval) {
    const { activities } = this.#reachableStore();
    const candidates = [...activities.values()].filter(
      ({ project, userId }) => project === erasure.project && userId === erasure.userId,
    );
    const portion = itemsAfter(candidates, 'createdAt', 'asc', after).slice(0, limit);
    let removed = 0;
    for (const activity of portion)
      removed += this.#remove(ActivityKeyText.of(activity), erasure.userId, erasure, replacement) ? 1 : 0;
    const last = portion.length < limit ? undefined : portion.at(-1);
    return { removed, next: last && { createdAt: last.createdAt, id: last.id } };
  }

  async removeLetters(erasure: OpenErasure, limit: number): Promise<number> {
    const { letters } = this.#reachableStore();
    const isDue = (letter: DeadLetter): boolean =>
      projectsOfUser(erasure.project).includes(letter.project) &&
      letter.key !== null &&
      utf8.decode(letter.key) === erasure.userId &&
      isLetterCovered(letter, erasure);
    const due = [...letters].filter(([, letter]) => isDue(letter)).slice(0, limit);
    for (const [id] of due) letters.delete(id);
    return due.length;
  }

  async removeRecords(
    records: readonly ErasedUserRecord[],
    letterIds: readonly DeadLetterId[],
  ): Promise<void> {
    const { letters } = this.#reachableStore();
    for (const record of records)
      this.#remove(ActivityKeyText.of(record), record.userId, record.erasure, record.replacement);
    for (const id of letterIds) letters.delete(id);
  }

  async finish(id: ErasureId): Promise<void> {
    const entry = this.#reachableStore().userErasures.get(id);
    if (entry !== undefined) entry.userId = undefined;
  }

  /** Removes or anonymises an activity of a user if the erasure covers it. Returns whether it did. */
  #remove(
    key: ActivityKeyText,
    userId: UserId,
    erasure: PlacedErasure,
    replacement: UserId | undefined,
  ): boolean {
    const activity = this.#store.activities.get(key);
    if (activity?.userId !== userId) return false;
    const { receivedAt } = activity;
    if (!isCovered({ origin: this.#store.origins.get(key), receivedAt }, erasure)) return false;
    if (replacement === undefined) this.#store.remove(key);
    else this.#store.activities.set(key, activity.anonymised(replacement));
    const entry = this.#store.userErasures.get(erasure.id);
    if (entry !== undefined) entry.erased += 1;
    return true;
  }

  #recorded() {
    return [...this.#reachableStore().userErasures.values()].flatMap(({ recorded, userId }) =>
      recorded === undefined ? [] : { ...recorded, userId },
    );
  }

  #reachableStore(): MemoryStore {
    this.#store.assertReachable();
    return this.#store;
  }
}
