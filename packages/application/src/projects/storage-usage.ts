import { DomainError, type MeasuredPortion, type Position, type ProjectId } from '@user-activity/domain';

// Measuring reads every activity of a project, so a project is measured for at most a fifth of the time.
const minPauseMs = 60_000;
const pausesPerWalk = 4;

/** A sum of accepted bytes. */
interface Tally {
  bytes: number;
}

/** The measurement of a project that is under way. */
class Walk {
  readonly startTime: number;
  after: Position | undefined;
  bytes = 0;
  /** The bytes that were accepted since this walk began. The walk may have passed their position. */
  readonly accepted: Tally = { bytes: 0 };

  constructor(startTime: number) {
    this.startTime = startTime;
  }
}

/** What is known of the storage of one project. */
class ProjectUsage {
  #measuredBytes = 0;
  #accepted: Tally = { bytes: 0 };
  #nextStartTime = Number.NEGATIVE_INFINITY;
  #walk: Walk | undefined;

  get bytes(): number {
    return this.#measuredBytes + this.#accepted.bytes;
  }

  /** Counts bytes as accepted. Returns a function that takes them back, wherever they still count. */
  accept(bytes: number): () => void {
    const tallies = this.#walk === undefined ? [this.#accepted] : [this.#accepted, this.#walk.accepted];
    for (const tally of tallies) tally.bytes += bytes;
    return () => {
      for (const tally of tallies) tally.bytes -= bytes;
    };
  }

  /** Returns whether a measurement is under way or is due, and begins it. */
  begin(now: number): boolean {
    if (this.#walk === undefined && now >= this.#nextStartTime) this.#walk = new Walk(now);
    return this.#walk !== undefined;
  }

  get after(): Position | undefined {
    return this.#walk?.after;
  }

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
 * The bytes that projects with the limit `storedBytes` have in the store: as last measured, and what this process accepted since the
 * measurement began. Until the first measurement ends, only what this process accepted counts.
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

  /** Forgets all projects but these. */
  keep(projects: readonly ProjectId[]): void {
    const kept = new Set(projects);
    for (const project of this.#usages.keys()) if (!kept.has(project)) this.#usages.delete(project);
  }

  hasLimit(project: ProjectId): boolean {
    return this.#limitOf(project) !== undefined;
  }

  /**
   * Counts bytes as accepted. Returns a function that takes them back. Throws STORAGE_FULL, and counts nothing, if a project would exceed
   * its limit.
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
