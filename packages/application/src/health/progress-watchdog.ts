import type { PartitionProgress } from '@user-activity/domain';

/**
 * How a consumer gets on:
 *  - `moving`   it has nothing to do, or does it;
 *  - `waiting`  the log or the store is down, and it can do nothing but wait;
 *  - `stalled`  a partition has had something to do for too long, and nothing of it was committed;
 *  - `dead`     new members did not help either: the process must be replaced.
 */
export type ProgressState = 'moving' | 'waiting' | 'stalled' | 'dead';

/** What a look asks of whoever runs the consumer. */
export type ProgressRemedy = 'none' | 'restart' | 'give up';

/** After how many looks in a row at a partition that does not move something is done about it. */
export interface ProgressLimits {
  /** After so many the consumer counts as stalled. */
  readonly stalled: number;
  /** After so many a new member takes its place, which gets as many looks again. */
  readonly restart: number;
  /** How many new members a partition that moves with none of them is given. */
  readonly restarts: number;
}

/** Is told when a consumer stalls, is restarted, is given up, and moves again. */
export interface ProgressObserver {
  stalled(partitions: readonly PartitionProgress[]): void;
  restarted(reason: unknown): void;
  recovered(): void;
  dead(partitions: readonly PartitionProgress[]): void;
}

interface Standstill {
  readonly committed: number;
  readonly looks: number;
  readonly restarts: number;
}

/**
 * Judges by repeated looks whether a consumer gets on. It counts looks, not time: a process that was stopped, a machine
 * that slept, and a clock that was set look like nothing at all.
 */
export class ProgressWatchdog {
  readonly #limits: ProgressLimits;
  readonly #observer: ProgressObserver;
  /** Of partitions that are behind. One that others have meanwhile keeps its count: it is the same record that is stuck. */
  readonly #standstills: Map<number, Standstill> = new Map();
  #state: ProgressState = 'moving';

  constructor(limits: ProgressLimits, observer: ProgressObserver) {
    this.#limits = limits;
    this.#observer = observer;
  }

  get state(): ProgressState {
    return this.#state;
  }

  /** Whether one of them has something to do and has not moved since the last look. */
  isSuspicious(partitions: readonly PartitionProgress[]): boolean {
    return partitions.some(
      ({ partition, committed, end }) =>
        committed < end && this.#standstills.get(partition)?.committed === committed,
    );
  }

  /** A look at the partitions of the member while log and store answer. */
  look(partitions: readonly PartitionProgress[]): ProgressRemedy {
    if (this.#state === 'dead') return 'none';
    const { stalled, restart, restarts } = this.#limits;
    const counted = partitions.map((progress) => ({ progress, ...this.#count(progress) }));
    const stuck = counted.filter(({ looks }) => looks >= restart);
    if (stuck.some((one) => one.restarts === restarts)) {
      this.#state = 'dead';
      this.#observer.dead(stuck.map(({ progress }) => progress));
      return 'give up';
    }
    // A new member has to move what was stuck before it counts as sound.
    this.#judge(
      counted.filter((one) => one.looks >= stalled || one.restarts > 0).map(({ progress }) => progress),
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

  /** The log or the store is down, also for a save that was just tried: whatever was counted counts no more. */
  outage(): void {
    if (this.#state === 'dead') return;
    this.#standstills.clear();
    this.#state = 'waiting';
  }

  /** What was down confirmed again. */
  outageOver(): void {
    if (this.#state === 'waiting') this.#state = 'moving';
  }

  #count({ partition, committed, end }: PartitionProgress): Standstill & { readonly isMoving: boolean } {
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

  #judge(stalled: readonly PartitionProgress[], isMoving: boolean): void {
    const before = this.#state;
    if (stalled.length > 0) this.#state = 'stalled';
    // After an outage it has to be seen moving, or through.
    else if (before !== 'waiting' || isMoving) this.#state = 'moving';
    if (before !== 'stalled' && this.#state === 'stalled') this.#observer.stalled(stalled);
    if (before === 'stalled' && this.#state === 'moving') this.#observer.recovered();
  }
}
