import { DomainError, isDomainError } from '@user-activity/domain';
import { MongoError } from 'mongodb';

// MaxTimeMSExpired
const tooLong = 50;

/** The driver's error in the words of the ports. The driver's message may quote a document, so it goes no further. */
export function storeFailure(error: unknown): DomainError {
  if (isDomainError(error)) return error;
  // Anything else is a bug of ours, and not to be taken for an outage.
  if (!(error instanceof MongoError)) throw error;
  const { code } = error;
  if (code === tooLong) return tookTooLong();
  const what = code === undefined ? error.name : `${error.name} ${code}`;
  return new DomainError('STORE_UNAVAILABLE', `The store did not answer (${what}).`);
}

/** A question had to be given up. */
export const tookTooLong = (): DomainError =>
  new DomainError('STORE_TIMEOUT', 'The store took too long over the question.');
