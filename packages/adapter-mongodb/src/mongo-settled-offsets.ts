import type { LogId, SettledHistory, SettledOffsets, SettledStep } from '@user-activity/domain';
import { activitiesByOrigin } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { translateErrors } from './translate-errors.ts';

/** Keeps the settled offsets of each log in one document. */
export class MongoSettledOffsets implements SettledOffsets {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  history(): Promise<SettledHistory> {
    const { activities, settled, timeoutMs } = this.#store;
    const options = { projection: { _id: 1 }, maxTimeMS: timeoutMs };
    return translateErrors(async () => {
      // Reads activities before settled offsets. Each process sets the settled offsets of its log before it stores activities.
      const activity = await activities.findOne({}, options);
      const log = await settled.findOne({}, options);
      if (log !== null) return 'tracked';
      if (activity === null) return 'empty';
      // The index has only activities with an origin, so this query reads at most one key.
      const hint = activitiesByOrigin.key;
      const located = await activities.findOne({ 'origin.log': { $exists: true } }, { ...options, hint });
      return located === null ? 'untracked' : 'tracked';
    });
  }

  async begin(log: LogId, offsets: readonly number[]): Promise<void> {
    const { settled, timeoutMs } = this.#store;
    await translateErrors(() =>
      settled.updateOne({ _id: log }, { $setOnInsert: { offsets } }, { upsert: true, maxTimeMS: timeoutMs }),
    );
  }

  find(log: LogId): Promise<readonly number[] | undefined> {
    const { settled, timeoutMs } = this.#store;
    return translateErrors(async () => {
      // Reads by a write, because the majority must confirm a write. A former primary could answer a read with older offsets.
      // The read concern "linearizable" prevents that too, but takes 100 ms on a replica set of one member.
      const document = await settled.findOneAndUpdate(
        { _id: log },
        { $inc: { reads: 1 } },
        { maxTimeMS: timeoutMs },
      );
      return document?.offsets;
    });
  }

  settle({ log, partition, from, to }: SettledStep): Promise<boolean> {
    const { settled, timeoutMs } = this.#store;
    const offset = `offsets.${partition}`;
    return translateErrors(async () => {
      const { matchedCount } = await settled.updateOne(
        { _id: log, [offset]: { $gte: from } },
        { $max: { [offset]: to } },
        { maxTimeMS: timeoutMs },
      );
      return matchedCount === 1;
    });
  }
}
