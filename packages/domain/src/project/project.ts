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

/** Asks for the projects that follow `after` by id, at most `limit`. */
export interface ProjectQuery {
  readonly after: ProjectId | undefined;
  readonly limit: number;
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
