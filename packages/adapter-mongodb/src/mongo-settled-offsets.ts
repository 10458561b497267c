import type { LogId, SettledHistory, SettledOffsets, SettledStep } from '@user-activity/domain';
import { shareRuns } from '@user-activity/timing';
import { activitiesByOrigin } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { translated } from './translated.ts';

/** Keeps the settled offsets in one document for each log. */
export class MongoSettledOffsets implements SettledOffsets {
  readonly #store: MongoStore;
  /** The steps that the next write of each log takes. */
  readonly #steps = new Map<LogId, SettledStep[]>();
  readonly #settleSteps = shareRuns((log: LogId) => this.#settleAll(log));

  constructor(store: MongoStore) {
    this.#store = store;
  }

  history(): Promise<SettledHistory> {
    const { activities, settled, timeoutMs } = this.#store;
    const options = { projection: { _id: 1 }, maxTimeMS: timeoutMs };
    return translated(async () => {
      // In this order, because another process that stores activities in the meantime has begun its log before.
      const activity = await activities.findOne({}, options);
      const log = await settled.findOne({}, options);
      if (log !== null) return 'tracked';
      if (activity === null) return 'empty';
      // The index has only activities with an origin, so this reads at most one key.
      const hint = activitiesByOrigin.key;
      const located = await activities.findOne({ 'origin.log': { $exists: true } }, { ...options, hint });
      return located === null ? 'untracked' : 'tracked';
    });
  }

  async begin(log: LogId, offsets: readonly number[]): Promise<void> {
    const { settled, timeoutMs } = this.#store;
    await translated(() =>
      settled.updateOne({ _id: log }, { $setOnInsert: { offsets } }, { upsert: true, maxTimeMS: timeoutMs }),
    );
  }

  find(log: LogId): Promise<readonly number[] | undefined> {
    const { settled, timeoutMs } = this.#store;
    return translated(async () => {
      // The majority must confirm a write. After an election, a former primary could answer a read with older offsets.
      // The read concern "linearizable" prevents that too, but takes 100 ms on a replica set of one member.
      const document = await settled.findOneAndUpdate(
        { _id: log },
        { $inc: { reads: 1 } },
        { maxTimeMS: timeoutMs },
      );
      return document?.offsets;
    });
  }

  async settle(step: SettledStep): Promise<boolean> {
    const { log } = step;
    const steps = this.#steps.get(log) ?? [];
    this.#steps.set(log, [...steps, step]);
    return (await this.#settleSteps(log)).has(step);
  }

  /** Takes the steps of a log that wait, and returns those that were settled. Steps of different partitions share one write. */
  async #settleAll(log: LogId): Promise<ReadonlySet<SettledStep>> {
    const steps = this.#steps.get(log) ?? [];
    this.#steps.delete(log);
    const partitions = new Set(steps.map(({ partition }) => partition));
    const areApart = partitions.size === steps.length;
    if (areApart && (await this.#raise(log, steps))) return new Set(steps);
    // One of them is refused, which must not stop the others. Steps of the same partition come one after the other.
    const settled = new Set<SettledStep>();
    for (const step of steps) if (await this.#raise(log, [step])) settled.add(step);
    return settled;
  }

  /** Raises the offsets of different partitions, or of none if one of them is below the begin of its step. */
  #raise(log: LogId, steps: readonly SettledStep[]): Promise<boolean> {
    const { settled, timeoutMs } = this.#store;
    const field = ({ partition }: SettledStep): string => `offsets.${partition}`;
    const begins = Object.fromEntries(steps.map((step) => [field(step), { $gte: step.from }]));
    const ends = Object.fromEntries(steps.map((step) => [field(step), step.to]));
    return translated(async () => {
      const { matchedCount } = await settled.updateOne(
        { _id: log, ...begins },
        { $max: ends },
        { maxTimeMS: timeoutMs },
      );
      return matchedCount === 1;
    });
  }
}
