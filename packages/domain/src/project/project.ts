import type { ProjectId } from '../activity/project-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import type { RetentionDays } from './retention-days.ts';

/** A project with its settings. */
export interface Project {
  readonly id: ProjectId;
  /** The project's own retention. Undefined if the project keeps what the deployment keeps. */
  readonly retentionDays: RetentionDays | undefined;
  /** Whether its data is being erased. */
  readonly erasing: boolean;
}

/** The maximum number of projects with a retention of their own in a deployment. Every process of the API keeps all of them in memory. */
export const maxRetentions = 1000;

/** A page of projects, sorted by id. */
export interface ProjectPage {
  readonly projects: readonly Project[];
  /** Whether at least one more project follows. */
  readonly hasMore: boolean;
}

/** Asks for the projects that follow `after` by id, at most `limit`. */
export interface ProjectQuery {
  readonly after: ProjectId | undefined;
  readonly limit: number;
}

/** The retention of a project that has one of its own. */
export interface Retention {
  readonly project: ProjectId;
  readonly days: RetentionDays;
}

/** The erasure of a project: everything that the service received at or before `erasedAt` goes, also what is still on the log. */
export interface Erasure {
  readonly project: ProjectId;
  readonly erasedAt: Timestamp;
}

/** An erasure as the store keeps it for good. */
export interface KeptErasure extends Erasure {
  /** Whether data that it covers may still be in the store. */
  readonly erasing: boolean;
}
