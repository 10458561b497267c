import { type Comparison, type LogPosition, replacesOrigin } from '@user-activity/domain';
import type { MongoStore } from './mongo-store.ts';

/** The origins that stored activities get because an earlier copy of their record was delivered: see `replacesOrigin`. */
export class ReplacedOrigins {
  readonly #byKey: Map<string, LogPosition> = new Map();

  /** Adds the origin of a record whose activity is stored already, if it replaces the origin of that activity. */
  add(
    comparison: Comparison,
    key: string,
    stored: LogPosition | undefined,
    delivered: LogPosition | undefined,
  ): void {
    if (delivered !== undefined && replacesOrigin(comparison, this.#byKey.get(key) ?? stored, delivered))
      this.#byKey.set(key, delivered);
  }

  /** Stores the origins, unless an activity has an earlier one of the same log and partition by now. */
  async store({ activities }: MongoStore): Promise<void> {
    if (this.#byKey.size === 0) return;
    const updates = [...this.#byKey].map(([_id, origin]) => {
      const later = {
        'origin.log': origin.log,
        'origin.partition': origin.partition,
        'origin.offset': { $gt: origin.offset },
      };
      const filter = { _id, $or: [{ origin: { $exists: false } }, later] };
      return { updateOne: { filter, update: { $set: { origin } }, hint: { _id: 1 } } };
    });
    await activities.bulkWrite(updates, { ordered: false });
  }
}
