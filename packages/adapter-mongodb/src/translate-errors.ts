import { DomainError, isDomainError } from '@user-activity/domain';
import { MongoError } from 'mongodb';

const maxTimeExpired = 50;

/** Runs work of the driver. Rejects with STORE_UNAVAILABLE or STORE_TIMEOUT if the driver fails. Does not change other errors. */
export async function translateErrors<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw storeFailure(error);
  }
}

/** Returns the domain error for an error of the driver, without the driver's message, because that may quote a document. */
function storeFailure(error: unknown): unknown {
  // Other errors are bugs in our code, which must not look like an outage.
  if (isDomainError(error) || !(error instanceof MongoError)) return error;
  const { code } = error;
  if (code === maxTimeExpired) return queryTimeout();
  const reason = code === undefined ? error.name : `${error.name} ${code}`;
  return new DomainError('STORE_UNAVAILABLE', `The store did not complete the operation (${reason}).`);
}

export const queryTimeout = (): DomainError =>
  new DomainError('STORE_TIMEOUT', 'The store took too long to answer the query.');
