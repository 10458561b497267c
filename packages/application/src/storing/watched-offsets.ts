import {
  isDomainError,
  type LogId,
  type SettledHistory,
  type SettledOffsets,
  type SettledStep,
} from '@user-activity/domain';

/**
 * Returns whether an older copy has replaced the store since the last call. That is so if a settled offset is lower than this process has
 * seen before, or if the store does not know the log any more. Returns false while the store does not answer.
 */
export type NoticeRestoredStore = () => Promise<boolean>;

/** Wraps the settled offsets of a store, to notice when those of one log become lower. */
export class WatchedOffsets implements SettledOffsets {
  readonly #offsets: SettledOffsets;
  readonly #log: LogId;
  /** The highest offset of each partition that this process has settled or seen. */
  readonly #highest: number[] = [];

  constructor(offsets: SettledOffsets, log: LogId) {
    this.#offsets = offsets;
    this.#log = log;
  }

  history(): Promise<SettledHistory> {
    return this.#offsets.history();
  }

  begin(log: LogId, offsets: readonly number[]): Promise<void> {
    return this.#offsets.begin(log, offsets);
  }

  async find(log: LogId): Promise<readonly number[] | undefined> {
    const found = await this.#offsets.find(log);
    if (log === this.#log) this.#raiseAll(found);
    return found;
  }

  async settle(step: SettledStep): Promise<boolean> {
    const isSettled = await this.#offsets.settle(step);
    if (isSettled && step.log === this.#log) this.#raise(step.partition, step.to);
    return isSettled;
  }

  readonly noticeRestoredStore: NoticeRestoredStore = async () => {
    // Copied before the query, because its result may miss what is settled meanwhile.
    const expected = [...this.#highest];
    try {
      const settled = await this.#offsets.find(this.#log);
      const isOlder = expected.some((offset, partition) => offset > (settled?.[partition] ?? -1));
      if (isOlder) this.#highest.length = 0;
      this.#raiseAll(settled);
      return isOlder;
    } catch (error) {
      if (!isDomainError(error)) throw error;
      return false;
    }
  };

  #raiseAll(offsets: readonly number[] = []): void {
    for (const [partition, offset] of offsets.entries()) this.#raise(partition, offset);
  }

  #raise(partition: number, offset: number): void {
    this.#highest[partition] = Math.max(this.#highest[partition] ?? 0, offset);
  }
}
