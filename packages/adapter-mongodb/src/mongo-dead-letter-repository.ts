import {
  ActivityId,
  type DeadLetter,
  DeadLetterId,
  DeadLetterPage,
  type DeadLetterQuery,
  type DeadLetterRepository,
  type Death,
  Timestamp,
} from '@user-activity/domain';
import { storeFailure } from './failure.ts';
import { letterOf } from './letter-document.ts';
import { findDeaths, idsThatFit, readLetters } from './letter-query.ts';
import type { MongoStore } from './mongo-store.ts';

/** Shows the dead letters in MongoDB, and takes them away again. */
export class MongoDeadLetterRepository implements DeadLetterRepository {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  async find(query: DeadLetterQuery): Promise<DeadLetterPage> {
    try {
      return DeadLetterPage.of(await readLetters(this.#store, query), query.limit);
    } catch (error) {
      throw storeFailure(error);
    }
  }

  async findByIds(ids: readonly DeadLetterId[], mostBytes: number): Promise<readonly DeadLetter[]> {
    const { letters, timeoutMs } = this.#store;
    try {
      for (;;) {
        const fitting = await idsThatFit(this.#store, ids, mostBytes);
        if (fitting.length === 0) return [];
        const found = await letters.find({ _id: { $in: [...fitting] } }, { maxTimeMS: timeoutMs }).toArray();
        const byId = new Map(found.map((document) => [document._id, document]));
        // Another may have removed all of these meanwhile: then it is the turn of those behind them.
        if (byId.size > 0)
          return fitting.flatMap((id) => {
            const document = byId.get(id);
            return document === undefined ? [] : [letterOf(document)];
          });
      }
    } catch (error) {
      throw storeFailure(error);
    }
  }

  async findDeaths(ids: readonly ActivityId[]): Promise<readonly Death[]> {
    if (ids.length === 0) return [];
    try {
      const deaths = await findDeaths(this.#store, ids).toArray();
      return deaths.map(({ _id, diedAt }) => ({
        activityId: ActivityId.trusted(_id),
        diedAt: Timestamp.trusted(diedAt.getTime()),
      }));
    } catch (error) {
      throw storeFailure(error);
    }
  }

  async remove(letters: readonly Pick<DeadLetter, 'origin' | 'diedAt'>[]): Promise<void> {
    if (letters.length === 0) return;
    const removals = letters.map(({ origin, diedAt }) => ({
      deleteOne: { filter: { _id: DeadLetterId.of(origin), diedAt: new Date(diedAt) } },
    }));
    try {
      await this.#store.letters.bulkWrite(removals, { ordered: false });
    } catch (error) {
      throw storeFailure(error);
    }
  }
}
