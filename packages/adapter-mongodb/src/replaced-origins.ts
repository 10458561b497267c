import { type Comparison, type LogPosition, replacesOrigin } from '@user-activity/domain';
import type { MongoStore } from './mongo-store.ts';

/** New origins for stored activities. An activity gets a new origin when an earlier record of it is delivered: see `replacesOrigin`. */
export class ReplacedOrigins {
  readonly #byKey: Map<string, LogPosition> = new Map();

  /** Adds the origin of a delivered record, if it replaces the origin of the stored activity. */
  add(
    comparison: Comparison,
    key: string,
    stored: LogPosition | undefined,
    delivered: LogPosition | undefined,
  ): void {
    if (delivered !== undefined && replacesOrigin(comparison, this.#byKey.get(key) ?? stored, delivered))
      this.#byKey.set(key, delivered);
  }

  /** Stores each origin, if its activity has none, or a later one of the same log and partition. */
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
