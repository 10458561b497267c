import {
  type Clock,
  isErasedAhead,
  type KeptErasure,
  type ProjectId,
  type ProjectRepository,
} from '@user-activity/domain';

export interface ErasureDeps {
  readonly projects: Pick<ProjectRepository, 'findErasures'>;
  readonly clock: Clock;
}

/**
 * Returns the erasures of these projects. Omits erasures whose time is in the future, which a process with a wrong clock has written: they
 * would also erase what the service accepts later. `sweepProjects` corrects their time.
 */
export async function findErasures(
  { projects, clock }: ErasureDeps,
  names: ReadonlySet<ProjectId>,
): Promise<readonly KeptErasure[]> {
  if (names.size === 0) return [];
  const erasures = await projects.findErasures([...names]);
  const now = clock.now();
  return erasures.filter((erasure) => !isErasedAhead(erasure, now));
}
