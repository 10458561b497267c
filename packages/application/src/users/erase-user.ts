import {
  assertValidQuery,
  type Clock,
  ErasureId,
  type ErasureLedger,
  type ErasureMode,
  type ErasureProgress,
  erasureRequested,
  type EventPublisher,
  type IdGenerator,
  isDomainError,
  type Principal,
  type ProjectId,
  type UserErasure,
} from '@user-activity/domain';
import type { Audit } from '../audit/audit.ts';
import type { DigestUser } from './user-erasures.ts';

/** A request to erase a user. */
export type ErasureDraft = Pick<UserErasure, 'project' | 'userId' | 'mode'>;

export interface EraseUserDeps {
  readonly publisher: Pick<EventPublisher, 'publish'>;
  readonly ledger: Pick<ErasureLedger, 'announce'>;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly digestUser: DigestUser;
  /** Whether the deployment has an ANONYMISATION_KEY, so that it can replace users. */
  readonly canAnonymise: boolean;
}

/**
 * Erases a user of a project: all activities and dead letters of the user that the service received until now. Resolves once the log holds
 * the request. A consumer then records it in the store, and `sweepProjects` carries it out. Throws INVALID_QUERY for a mode that the deployment
 * does not offer. Throws LOG_UNAVAILABLE, LOG_BUSY, STORE_UNAVAILABLE and STORE_TIMEOUT. After these errors, the request may be missing,
 * so erase the user again.
 */
export type EraseUser = (principal: Principal, draft: ErasureDraft) => Promise<UserErasure>;

export const makeEraseUser = (deps: EraseUserDeps): EraseUser =>
  async function eraseUser(principal, { project, userId, mode }) {
    assertAvailable(mode, deps);
    const erasure = {
      id: ErasureId.parse(deps.ids.next()),
      project,
      userId,
      mode,
      requestedAt: deps.clock.now(),
    };
    // The audit event has only the digest of the user, because it must not name a user who was erased.
    const details = { project, user: deps.digestUser(userId), mode, erasure: erasure.id };
    await deps.audit(
      { type: 'USER_ERASED', principal, details },
      () => deps.publisher.publish([erasureRequested(erasure)]),
      () => ({}),
    );
    await deps.ledger.announce(erasure).catch((error: unknown) => {
      // Outages are ignored: the log has the request, so a consumer records the erasure anyway.
      if (!isDomainError(error)) throw error;
    });
    return erasure;
  };

function assertAvailable(mode: ErasureMode, { canAnonymise }: Pick<EraseUserDeps, 'canAnonymise'>): void {
  const message = 'must not be "anonymise", because this deployment has no ANONYMISATION_KEY';
  if (mode === 'anonymise' && !canAnonymise) assertValidQuery([{ path: '/mode', message }]);
}

/** Returns the progress of an erasure of a user, or undefined if the id is unknown. Throws STORE_UNAVAILABLE and STORE_TIMEOUT. */
export type FindErasure = (key: {
  readonly project: ProjectId;
  readonly id: ErasureId;
}) => Promise<ErasureProgress | undefined>;

export const makeFindErasure = (deps: { readonly ledger: Pick<ErasureLedger, 'find'> }): FindErasure =>
  async function findErasure({ project, id }) {
    return deps.ledger.find(project, id);
  };
