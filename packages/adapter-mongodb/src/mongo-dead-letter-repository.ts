import {
  ActivityId,
  type DeadLetter,
  DeadLetterId,
  DeadLetterPage,
  type DeadLetterQuery,
  type DeadLetterRepository,
  type LatestLetter,
  dueLetters,
  keptOutUntil,
  type LetterSweep,
  type ReplayClaim,
  type SweepLimits,
  Timestamp,
} from '@user-activity/domain';
import { MongoServerError } from 'mongodb';
import { storeFailure } from './failure.ts';
import { letterOf } from './letter-document.ts';
import { findLatestLetters, idsThatFit, readLetters } from './letter-query.ts';
import { edgeBytes, oldestOfEdge, oldestOfLog, sweptOf } from './letter-sweep.ts';
import type { MongoStore } from './mongo-store.ts';
import { turns } from './turns.ts';

const replay = 'replay';
const duplicateKey = 11_000;

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
        const byId = new Map<string, DeadLetter>();
        const turn = turns.begin();
        for await (const document of letters.find({ _id: { $in: [...fitting] } }, { maxTimeMS: timeoutMs })) {
          byId.set(document._id, letterOf(document));
          // Headers take the driver longer than their bytes: each letter counts as much work.
          if (turn.isOver) await turn.next();
        }
        // Another may have removed all of these meanwhile: then it is the turn of those behind them.
        if (byId.size > 0) return fitting.flatMap((id) => byId.get(id) ?? []);
      }
    } catch (error) {
      throw storeFailure(error);
    }
  }

  async findLatestLetters(ids: readonly ActivityId[]): Promise<readonly LatestLetter[]> {
    if (ids.length === 0) return [];
    try {
      const deaths = await findLatestLetters(this.#store, ids).toArray();
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

  async sweep(limits: SweepLimits): Promise<LetterSweep> {
    const { limit, logBefore } = limits;
    try {
      const bytes = await edgeBytes(this.#store);
      const oldest = (await oldestOfEdge(this.#store, limit).toArray()).map(sweptOf);
      const { due, ...sweep } = dueLetters(oldest, bytes, limits);
      const ofLog =
        logBefore === undefined || due.length === limit
          ? []
          : (await oldestOfLog(this.#store, new Date(logBefore), limit - due.length).toArray()).map(sweptOf);
      const removals = [...due, ...ofLog].map(({ id, diedAt }) => ({
        deleteOne: { filter: { _id: id, diedAt: new Date(diedAt) } },
      }));
      if (removals.length > 0) await this.#store.letters.bulkWrite(removals, { ordered: false });
      return { ...sweep, expired: sweep.expired + ofLog.length };
    } catch (error) {
      throw storeFailure(error);
    }
  }

  async claimReplay(claim: ReplayClaim): Promise<'claimed' | 'taken'> {
    const { after, upTo } = keptOutUntil(claim);
    const isFree = [{ until: { $lte: new Date(after) } }, { until: { $gt: new Date(upTo) } }];
    try {
      // Where another holds it nothing matches, and the insert meets its id.
      await this.#store.claims.updateOne(
        { _id: replay, $or: isFree },
        { $set: { until: new Date(claim.until) } },
        { upsert: true },
      );
      return 'claimed';
    } catch (error) {
      if (error instanceof MongoServerError && error.code === duplicateKey) return 'taken';
      throw storeFailure(error);
    }
  }

  async releaseReplay({ until }: ReplayClaim): Promise<void> {
    try {
      await this.#store.claims.deleteOne({ _id: replay, until: new Date(until) });
    } catch (error) {
      throw storeFailure(error);
    }
  }
}
