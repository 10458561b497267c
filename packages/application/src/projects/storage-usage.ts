import { DomainError, type MeasuredPortion, type Position, type ProjectId } from '@user-activity/domain';

// A measurement reads every activity of a project. The pause after it is four times as long as the measurement, and at least this long, so
// measurements take at most a fifth of the time.
const minPauseMs = 60_000;
const pausesPerWalk = 4;

/** A sum of bytes. It is an object, so that several places can add to the same sum. */
interface Tally {
  bytes: number;
}

/** A measurement of a project that is under way. */
class Walk {
  readonly startTime: number;
  after: Position | undefined;
  bytes = 0;
  /** The bytes that were accepted since this walk began. The walk may have passed their position, so they are counted in addition. */
  readonly accepted: Tally = { bytes: 0 };

  constructor(startTime: number) {
    this.startTime = startTime;
  }
}

/** The stored bytes of one project: as last measured, and accepted since then. */
class ProjectUsage {
  #measuredBytes = 0;
  #accepted: Tally = { bytes: 0 };
  #nextStartTime = Number.NEGATIVE_INFINITY;
  #walk: Walk | undefined;

  get bytes(): number {
    return this.#measuredBytes + this.#accepted.bytes;
  }

  /** Counts bytes as accepted. Returns a function that subtracts them again. */
  accept(bytes: number): () => void {
    const tallies = this.#walk === undefined ? [this.#accepted] : [this.#accepted, this.#walk.accepted];
    for (const tally of tallies) tally.bytes += bytes;
    return () => {
      for (const tally of tallies) tally.bytes -= bytes;
    };
  }

  /** Begins a measurement if one is due. Returns whether one is under way. */
  begin(now: number): boolean {
    if (this.#walk === undefined && now >= this.#nextStartTime) this.#walk = new Walk(now);
    return this.#walk !== undefined;
  }

  get after(): Position | undefined {
    return this.#walk?.after;
  }

  /** Adds a portion to the measurement under way. The last portion ends it. */
  addPortion({ bytes, next }: MeasuredPortion, now: number): void {
    const walk = this.#walk;
    if (walk === undefined) return;
    walk.bytes += bytes;
    walk.after = next;
    if (next !== undefined) return;
    this.#measuredBytes = walk.bytes;
    this.#accepted = walk.accepted;
    this.#nextStartTime = now + Math.max(minPauseMs, pausesPerWalk * (now - walk.startTime));
    this.#walk = undefined;
  }
}

/**
 * The stored bytes of projects with the limit `storedBytes`: the last measured size, plus the bytes that this process has accepted since that
 * measurement began. Until the first measurement ends, only the accepted bytes count.
 */
export class StorageUsage {
  readonly #limitOf: (project: ProjectId) => number | undefined;
  readonly #usages: Map<ProjectId, ProjectUsage> = new Map();

  constructor(limitOf: (project: ProjectId) => number | undefined) {
    this.#limitOf = limitOf;
  }

  /** Returns the usage of a project that has a limit. */
  usageOf(project: ProjectId): ProjectUsage {
    const usage = this.#usages.get(project) ?? new ProjectUsage();
    this.#usages.set(project, usage);
    return usage;
  }

  /** Keeps the usage of these projects, and forgets all others. */
  retainOnly(projects: readonly ProjectId[]): void {
    const kept = new Set(projects);
    for (const project of this.#usages.keys()) if (!kept.has(project)) this.#usages.delete(project);
  }

  hasLimit(project: ProjectId): boolean {
    return this.#limitOf(project) !== undefined;
  }

  /**
   * Counts bytes as accepted. Returns a function that subtracts them again, for a publish that fails. Throws STORAGE_FULL, and counts
   * nothing, if a project would exceed its limit.
   */
  reserve(bytesByProject: ReadonlyMap<ProjectId, number>): () => void {
    for (const [project, bytes] of bytesByProject) {
      const limit = this.#limitOf(project);
      if (limit !== undefined && this.usageOf(project).bytes + bytes > limit)
        throw storageFull(project, limit);
    }
    const releases = [...bytesByProject].map(([project, bytes]) => this.usageOf(project).accept(bytes));
    return () => {
      for (const release of releases) release();
    };
  }
}

const storageFull = (project: ProjectId, limit: number): DomainError =>
  new DomainError(
    'STORAGE_FULL',
    `The project ${project} has reached its limit storedBytes: its activities may take ${limit} bytes in the store. Nothing was logged. Send the request again after older activities have expired, or after an operator has raised the limit.`,
  );
