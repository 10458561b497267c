import { DomainError, isDomainError } from '@user-activity/domain';
import { MongoError } from 'mongodb';

const maxTimeExpired = 50;

/** Does the work of a port. Rejects with STORE_UNAVAILABLE or STORE_TIMEOUT if the driver fails; a bug stays as it is. */
export async function translated<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw storeFailure(error);
  }
}

/** Makes the ports' error for a failure. It leaves out the driver's message, which may quote a document. */
function storeFailure(error: unknown): unknown {
  // Other errors are bugs of ours, which must not look like an outage.
  if (isDomainError(error) || !(error instanceof MongoError)) return error;
  const { code } = error;
  if (code === maxTimeExpired) return queryTimeout();
  const reason = code === undefined ? error.name : `${error.name} ${code}`;
  return new DomainError('STORE_UNAVAILABLE', `The store did not answer (${reason}).`);
}

/** The error of a query that exceeded its time. */
export const queryTimeout = (): DomainError =>
  new DomainError('STORE_TIMEOUT', 'The store took too long over the question.');
