import { DomainError, isDomainError } from '@user-activity/domain';
import { MongoError } from 'mongodb';

const maxTimeExpired = 50;

/** Does the work. Rejects with STORE_UNAVAILABLE or STORE_TIMEOUT if the driver fails, and with other errors unchanged. */
export async function translated<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw storeFailure(error);
  }
}

/** Makes the error for a failure of the driver. Omits the driver's message, which may quote a document. */
function storeFailure(error: unknown): unknown {
  // Other errors are bugs in our code, which must not look like an outage.
  if (isDomainError(error) || !(error instanceof MongoError)) return error;
  const { code } = error;
  if (code === maxTimeExpired) return queryTimeout();
  const reason = code === undefined ? error.name : `${error.name} ${code}`;
  return new DomainError('STORE_UNAVAILABLE', `The store did not answer (${reason}).`);
}

export const queryTimeout = (): DomainError =>
  new DomainError('STORE_TIMEOUT', 'The store took too long over the question.');
