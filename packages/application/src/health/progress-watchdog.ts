import type { PartitionProgress } from '@user-activity/domain';

/**
 * The state of a consumer:
 *  - `moving`   it is idle or makes progress;
 *  - `waiting`  the log or the store is down;
 *  - `stalled`  a partition has been behind for too long without any commit;
 *  - `dead`     restarting it did not help; the process must be replaced.
 */
export type ProgressState = 'moving' | 'waiting' | 'stalled' | 'dead';

/** What the caller of `ProgressWatchdog.look` must do with the consumer. */
export type ProgressRemedy = 'none' | 'restart' | 'give up';

/** The limits of a watchdog. A look is one call of `ProgressWatchdog.look`. */
export interface ProgressLimits {
  /** The number of consecutive looks without a commit after which the consumer counts as stalled. */
  readonly stalled: number;
  /** The number of consecutive looks without a commit after which the consumer is restarted. A restart sets the count to 0. */
  readonly restart: number;
  /** The number of restarts after which the process must be replaced, if the same record is still stuck. */
  readonly restarts: number;
}

/** Notified when a consumer stalls, is restarted, recovers, or can't be helped by further restarts. */
export interface ProgressObserver {
  stalled(partitions: readonly PartitionProgress[]): void;
  restarted(reason: unknown): void;
  recovered(): void;
  dead(partitions: readonly PartitionProgress[]): void;
}

/** A partition that is behind: how often it was seen at the same offset, and how often the consumer was restarted because of it. */
interface Standstill {
  /** The committed offset. */
  readonly committed: number;
  readonly looks: number;
  readonly restarts: number;
}

/**
 * Decides by repeated looks whether a consumer makes progress. It counts looks instead of time, so a suspended process, a
 * sleeping machine or a changed clock does not look like a stall.
 */
export class ProgressWatchdog {
  readonly #limits: ProgressLimits;
  readonly #observer: ProgressObserver;
  /** The partitions that are behind. An entry stays when another member takes over the partition, because the same record is stuck there. */
  readonly #standstills: Map<number, Standstill> = new Map();
  #state: ProgressState = 'moving';

  constructor(limits: ProgressLimits, observer: ProgressObserver) {
    this.#limits = limits;
    this.#observer = observer;
  }

  get state(): ProgressState {
    return this.#state;
  }

  /** Returns whether a partition is behind and has not moved since the last look. */
  isSuspicious(partitions: readonly PartitionProgress[]): boolean {
    return partitions.some(
      ({ partition, committed, end }) =>
        committed < end && this.#standstills.get(partition)?.committed === committed,
    );
  }

  /** Looks at the member's partitions. Call it only while the log and the store answer. */
  look(partitions: readonly PartitionProgress[]): ProgressRemedy {
    if (this.#state === 'dead') return 'none';
    const { stalled, restart, restarts } = this.#limits;
    const counted = partitions.map((progress) => ({ progress, ...this.#countLook(progress) }));
    const stuck = counted.filter(({ looks }) => looks >= restart);
    if (stuck.some((partition) => partition.restarts === restarts)) {
      this.#state = 'dead';
      this.#observer.dead(stuck.map(({ progress }) => progress));
      return 'give up';
    }
    // After a restart the consumer stays stalled until the stuck partition moves.
    this.#updateState(
      counted
        .filter((partition) => partition.looks >= stalled || partition.restarts > 0)
        .map(({ progress }) => progress),
      counted.every(({ isMoving }) => isMoving),
    );
    for (const { progress, restarts: before } of stuck)
      this.#standstills.set(progress.partition, {
        committed: progress.committed,
        looks: 0,
        restarts: before + 1,
      });
    return stuck.length > 0 ? 'restart' : 'none';
  }

  /** Call it while the log or the store is down, or after a failed save. Resets all counts. */
  outage(): void {
    if (this.#state === 'dead') return;
    this.#standstills.clear();
    this.#state = 'waiting';
  }

  /** Call it once the log and the store work again. */
  outageOver(): void {
    if (this.#state === 'waiting') this.#state = 'moving';
  }

  #countLook({ partition, committed, end }: PartitionProgress): Standstill & { readonly isMoving: boolean } {
    const known = this.#standstills.get(partition);
    const begun = { committed, looks: 0, restarts: 0 };
    if (committed >= end) {
      this.#standstills.delete(partition);
      return { ...begun, isMoving: true };
    }
    const same = known?.committed === committed ? { ...known, looks: known.looks + 1 } : begun;
    this.#standstills.set(partition, same);
    return { ...same, isMoving: known !== undefined && known.committed !== committed };
  }

  #updateState(stalled: readonly PartitionProgress[], isMoving: boolean): void {
    const before = this.#state;
    if (stalled.length > 0) this.#state = 'stalled';
    // A look ends the state `waiting` only if every partition moved or is up to date. `outageOver` ends it at once.
    else if (before !== 'waiting' || isMoving) this.#state = 'moving';
    if (before !== 'stalled' && this.#state === 'stalled') this.#observer.stalled(stalled);
    if (before === 'stalled' && this.#state === 'moving') this.#observer.recovered();
  }
}
