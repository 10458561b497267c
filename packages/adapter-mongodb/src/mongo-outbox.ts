import { type ActivityId, type Outbox, parseJson, type Timestamp, UserActivity } from '@user-activity/domain';
import type { MongoStore } from './mongo-store.ts';
import { translateErrors } from './translate-errors.ts';

const isPending = { dueAt: { $exists: true } } as const;

export class MongoOutbox implements Outbox {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  add(activity: UserActivity, dueAt: Timestamp, max: number): Promise<'added' | 'full'> {
    const { outbox, timeoutMs: maxTimeMS } = this.#store;
    return translateErrors(async () => {
      const count = await outbox.countDocuments({}, { limit: max, maxTimeMS });
      if (count >= max) return 'full';
      const { id: _id, receivedAt } = activity;
      const text = activity.toText();
      const document = { _id, activity: text, receivedAt: new Date(receivedAt), dueAt: new Date(dueAt) };
      await outbox.insertOne(document, { maxTimeMS });
      return 'added';
    });
  }

  settle(activity: UserActivity): Promise<'settled' | 'late'> {
    const { outbox, timeoutMs: maxTimeMS } = this.#store;
    return translateErrors(async () => {
      const { matchedCount } = await outbox.updateOne(
        { _id: activity.id, ...isPending },
        { $set: { activity: activity.toText() }, $unset: { dueAt: true } },
        { maxTimeMS },
      );
      return matchedCount === 1 ? 'settled' : 'late';
    });
  }

  withdraw(id: ActivityId): Promise<void> {
    const { outbox, timeoutMs: maxTimeMS } = this.#store;
    return translateErrors(async () => {
      await outbox.deleteOne({ _id: id, ...isPending }, { maxTimeMS });
    });
  }

  findReady(now: Timestamp, limit: number): Promise<readonly UserActivity[]> {
    const { outbox, timeoutMs: maxTimeMS } = this.#store;
    return translateErrors(async () => {
      await outbox.updateMany({ dueAt: { $lte: new Date(now) } }, { $unset: { dueAt: true } }, { maxTimeMS });
      const documents = await outbox
        .find({ dueAt: { $exists: false } }, { limit, maxTimeMS })
        .sort({ receivedAt: 1, _id: 1 })
        .toArray();
      return documents.map(({ activity }) => UserActivity.parse(parseJson(activity)));
    });
  }

  remove(ids: readonly ActivityId[]): Promise<void> {
    const { outbox, timeoutMs: maxTimeMS } = this.#store;
    return translateErrors(async () => {
      await outbox.deleteMany({ _id: { $in: [...ids] } }, { maxTimeMS });
    });
  }
}
