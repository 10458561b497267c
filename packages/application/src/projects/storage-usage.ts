import { DomainError, type MeasuredPortion, type Position, type ProjectId } from '@user-activity/domain';

// Measuring reads every activity of a project, so a project is measured for at most a fifth of the time.
const minPauseMs = 60_000;
const pausesPerWalk = 4;

/** The measurement of a project that is under way. */
class Walk {
  readonly startTime: number;
  after: Position | undefined;
  bytes = 0;
  /** The bytes that were accepted since this walk began. The walk may have passed their position. */
  acceptedBytes = 0;

  constructor(startTime: number) {
    this.startTime = startTime;
  }
}

/** What is known of the storage of one project. */
class ProjectUsage {
  #measuredBytes = 0;
  #acceptedBytes = 0;
  #nextStartTime = Number.NEGATIVE_INFINITY;
  #walk: Walk | undefined;

  get bytes(): number {
    return this.#measuredBytes + this.#acceptedBytes;
  }

  /** Counts accepted bytes. A negative number takes back bytes that were not accepted after all. */
  accept(bytes: number): void {
    this.#acceptedBytes = Math.max(0, this.#acceptedBytes + bytes);
    if (this.#walk !== undefined) this.#walk.acceptedBytes = Math.max(0, this.#walk.acceptedBytes + bytes);
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
    this.#acceptedBytes = walk.acceptedBytes;
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

  /** Counts bytes as accepted. Throws STORAGE_FULL, and counts nothing, if a project would exceed its limit. */
  reserve(bytesByProject: ReadonlyMap<ProjectId, number>): void {
    for (const [project, bytes] of bytesByProject) {
      const limit = this.#limitOf(project);
      if (limit !== undefined && this.usageOf(project).bytes + bytes > limit)
        throw storageFull(project, limit);
    }
    for (const [project, bytes] of bytesByProject) this.usageOf(project).accept(bytes);
  }

  /** Takes back bytes that were reserved. */
  release(bytesByProject: ReadonlyMap<ProjectId, number>): void {
    for (const [project, bytes] of bytesByProject) this.#usages.get(project)?.accept(-bytes);
  }
}

const storageFull = (project: ProjectId, limit: number): DomainError =>
  new DomainError(
    'STORAGE_FULL',
    `The project ${project} has reached its limit storedBytes: its activities may take ${limit} bytes in the store. Nothing was logged. Send the request again after older activities have expired, or after an operator has raised the limit.`,
  );
