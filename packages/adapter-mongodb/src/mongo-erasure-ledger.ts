import {
  ActivityKeyText,
  type DeadLetterId,
  type ErasedUserRecord,
  type ErasureId,
  type ErasureLedger,
  type ErasureProgress,
  type KeptUserErasure,
  type OpenErasure,
  type OpenPosition,
  type ProjectId,
  type RecordedErasure,
  type UserDigest,
  type UserErasure,
  type UserRemoval,
} from '@user-activity/domain';
import { allErasures, anyErasure, erasuresNotDone, erasuresOfUsers } from './find-user-erasures.ts';
import type { MongoStore } from './mongo-store.ts';
import {
  removeCoveredActivities,
  removeLettersOfUser,
  removeActivitiesOfUser,
  recordsStillStored,
} from './remove-covered.ts';
import { translateErrors } from './translate-errors.ts';
import {
  keptErasureFromDocument,
  openErasureFromDocument,
  userErasureFromDocument,
  recordedPart,
} from './user-erasure-document.ts';

export class MongoErasureLedger implements ErasureLedger {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  async announce({ id, project }: UserErasure): Promise<void> {
    await translateErrors(() => this.#insert(id, project));
  }

  async record(erasure: OpenErasure): Promise<void> {
    await this.keep({ ...erasure, erased: 0 });
  }

  findAll(limit: number, after?: ErasureId): Promise<readonly KeptUserErasure[]> {
    return translateErrors(async () =>
      (await allErasures(this.#store, limit, after).toArray()).map(keptErasureFromDocument),
    );
  }

  async keep(erasure: KeptUserErasure): Promise<void> {
    const { userErasures, timeoutMs: maxTimeMS } = this.#store;
    const { id, project, userId, erased } = erasure;
    // If the erasure is recorded already, the filter matches no document.
    const filter = { _id: id, recorded: { $exists: false } };
    const name = userId === undefined ? {} : { userId };
    const change = { $set: { project, recorded: recordedPart(erasure), erased, ...name } };
    await translateErrors(async () => {
      // An upsert with this filter would fail, and record nothing, if `announce` inserts the document at the same time.
      await this.#insert(id, project);
      await userErasures.updateOne(filter, change, { maxTimeMS });
    });
  }

  /** Inserts the document of an erasure unless it exists. */
  async #insert(id: ErasureId, project: ProjectId): Promise<void> {
    const { userErasures, timeoutMs: maxTimeMS } = this.#store;
    const change = { $setOnInsert: { project, erased: 0 } };
    // MongoDB repeats an upsert that loses a race only if it filters by the id alone.
    await userErasures.updateOne({ _id: id }, change, { upsert: true, maxTimeMS });
  }

  find(project: ProjectId, id: ErasureId): Promise<ErasureProgress | undefined> {
    const { userErasures, timeoutMs: maxTimeMS } = this.#store;
    return translateErrors(async () => {
      const document = await userErasures.findOne({ _id: id, project }, { maxTimeMS });
      if (document === null) return undefined;
      const { recorded, userId, erased } = document;
      if (recorded === undefined) return { id, status: 'accepted', erased };
      return { id, status: userId === undefined ? 'done' : 'running', erased };
    });
  }

  isEmpty(): Promise<boolean> {
    return translateErrors(async () => (await anyErasure(this.#store).toArray()).length === 0);
  }

  async findByUsers(users: readonly UserDigest[]): Promise<readonly RecordedErasure[]> {
    if (users.length === 0) return [];
    return translateErrors(async () => {
      const documents = await erasuresOfUsers(this.#store, users).toArray();
      return documents.map((document) => ({
        ...userErasureFromDocument(document),
        isOpen: document.userId !== undefined,
      }));
    });
  }

  findOpen(limit: number, after?: OpenPosition): Promise<readonly OpenErasure[]> {
    return translateErrors(async () =>
      (await erasuresNotDone(this.#store, limit, after).toArray()).map(openErasureFromDocument),
    );
  }

  removeActivities(removal: UserRemoval) {
    return translateErrors(() => removeActivitiesOfUser(this.#store, removal));
  }

  removeLetters(erasure: OpenErasure, limit: number): Promise<number> {
    return translateErrors(() => removeLettersOfUser(this.#store, erasure, limit));
  }

  async removeRecords(records: readonly ErasedUserRecord[], letters: readonly DeadLetterId[]): Promise<void> {
    await translateErrors(async () => {
      const left = await recordsStillStored(this.#store, records);
      const groups = Map.groupBy(left, ({ erasure, userId }) => `${erasure.id} ${userId}`);
      for (const [first, ...others] of groups.values()) {
        if (first === undefined) continue;
        const keys = [first, ...others].map(ActivityKeyText.of);
        await removeCoveredActivities(this.#store, keys, first.userId, first.erasure, first.replacement);
      }
      const ids: string[] = [...letters];
      if (ids.length > 0)
        await this.#store.deadLetters.deleteMany({ _id: { $in: ids } }, { hint: { _id: 1 } });
    });
  }

  async finish(id: ErasureId): Promise<void> {
    await translateErrors(() => this.#store.userErasures.updateOne({ _id: id }, { $unset: { userId: '' } }));
  }
}
