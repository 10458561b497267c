import type { ProjectId } from '../activity/project-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import type { ProjectSettings } from './project-settings.ts';

/** A project with its settings. */
export interface Project extends ProjectSettings {
  readonly id: ProjectId;
  /** Whether its data is being erased. */
  readonly erasing: boolean;
}

/** A page of projects, sorted by id. */
export interface ProjectPage {
  readonly projects: readonly Project[];
  /** Whether at least one more project follows. */
  readonly hasMore: boolean;
}

/** Asks for at most `limit` projects whose ids come after `after`, or for the first projects if `after` is undefined. */
export interface ProjectQuery {
  readonly after: ProjectId | undefined;
  readonly limit: number;
}

/** The erasure of a project. It removes everything that the service received at or before `erasedAt`, also what is still on the log. */
export interface Erasure {
  readonly project: ProjectId;
  readonly erasedAt: Timestamp;
}

/** The erasure of a project as the store keeps it. The store keeps every erasure for ever. */
export interface KeptErasure extends Erasure {
  /** Whether the erasure is not finished, so that the store may still have data that it covers. */
  readonly erasing: boolean;
}
