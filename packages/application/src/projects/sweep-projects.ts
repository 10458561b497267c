import { type Claim, isDomainError, Timestamp } from '@user-activity/domain';
import { ErasureSweep } from './erasure-sweep.ts';
import { ExpirySweep } from './expiry-sweep.ts';
import { makeRefreshProjects, type ProjectDeps } from './project-table.ts';
import { type RemovalDeps, Removals } from './removals.ts';
import { UserErasureSweep, type UserErasureSweepDeps } from '../users/user-erasure-sweep.ts';

/** What a sweep removed. */
export interface ProjectSweep {
  /** The number of activities removed because of their age. */
  readonly expired: number;
  /** The number of activities removed because their project is erased. */
  readonly erased: number;
  /** The number of activities removed or anonymised because their user is erased. */
  readonly forgotten: number;
  /** The number of dead letters removed because their project or their user is erased. */
  readonly letters: number;
  /** Whether the sweep stopped early because it took too long. The next call continues. */
  readonly more: boolean;
}

/**
 * Removes the data of erased projects and erased users, and activities that are older than the retention of their project. Returns
 * 'under way' and does nothing while another process sweeps. A call stops after about 20 s, and the next one continues. The reason 'schedule'
 * begins a new round over all projects to remove old activities; 'erasure' only continues a round. Throws STORE_UNAVAILABLE and STORE_TIMEOUT;
 * the next call continues.
 */
export type SweepProjects = (reason: 'schedule' | 'erasure') => Promise<ProjectSweep | 'under way'>;

export interface SweepProjectsDeps extends ProjectDeps, Omit<RemovalDeps, 'projects'>, UserErasureSweepDeps {
  /** The time that the store may take for one portion, in milliseconds. */
  readonly maxSweepPortionMs: number;
}

const maxMs = 20_000;

export const makeSweepProjects = (deps: SweepProjectsDeps): SweepProjects => {
  const { projects, clock } = deps;
  const refresh = makeRefreshProjects(deps);
  const expiry = new ExpirySweep(deps);
  let parts: readonly (ErasureSweep | UserErasureSweep | ExpirySweep)[] = [
    new ErasureSweep(deps),
    new UserErasureSweep(deps),
    expiry,
  ];
  const hasErasures = async (): Promise<boolean> =>
    (await projects.findErasing(1)).length > 0 || (await deps.ledger.findOpen(1)).length > 0;
  return async function sweepProjects(reason) {
    // Nearly every call has nothing to do. It returns before it makes a claim, because a claim takes two writes.
    if (reason === 'erasure' && !expiry.isUnderWay && !(await hasErasures()))
      return { expired: 0, erased: 0, forgotten: 0, letters: 0, more: false };
    const from = clock.now();
    const deadline = Timestamp.trusted(from + maxMs);
    // No sweep takes longer than its claim. If the process dies, the claim blocks other sweeps until its end.
    const claim: Claim = { from, until: Timestamp.trusted(deadline + deps.maxSweepPortionMs) };
    if ((await projects.claimSweep(claim)) === 'taken') return 'under way';
    try {
      if (reason === 'schedule') expiry.begin(from);
      // Another process may have made a retention longer a moment ago.
      await refresh();
      const removals = new Removals(deps, deadline);
      let isDone = true;
      for (const part of parts) {
        isDone = false;
        try {
          isDone = await part.run(removals);
        } finally {
          // The next sweep begins with the other parts, so that no part blocks the others for long.
          if (!isDone) parts = [...parts.filter((other) => other !== part), part];
        }
        if (!isDone) break;
      }
      const { expired, erased, forgotten, letters } = removals;
      return { expired, erased, forgotten, letters, more: !isDone };
    } finally {
      // A claim that can't be released ends by itself.
      await projects.releaseSweep(claim).catch((error: unknown) => {
        if (!isDomainError(error)) throw error;
      });
    }
  };
};
