import { DomainError } from '@user-activity/domain';
import { MongoError, MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb';

/** The deployment can't be used as it is; the message says what to change. Trying again alone won't help. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}

// Codes of MongoDB's error_codes.yml: of refused credentials (8000 is Atlas's), and of what passes by itself.
const unauthorized: ReadonlySet<unknown> = new Set([13, 18, 8000]);
const passing: ReadonlySet<unknown> = new Set([
  50, 64, 89, 91, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436,
]);

/** Why a connection string can't be used. */
export const uriFault = (error: unknown): DeploymentError =>
  new DeploymentError(
    `MONGODB_URI can not be used (${error instanceof Error ? withoutUri(error) : 'unknown'}).`,
  );

/** Why the store can't be opened: an outage, which passes, or what has to be changed first. A bug stays as it is. */
export function openFailure(error: unknown): unknown {
  if (error instanceof Error && isOutage(error))
    return new DomainError('STORE_UNAVAILABLE', `MongoDB does not answer: ${withoutUri(error)}`, {
      cause: error,
    });
  if (!(error instanceof MongoError)) return error;
  if (!(error instanceof MongoServerError)) return uriFault(error);
  const why = `code ${String(error.code)}: ${withoutUri(error)}`;
  return unauthorized.has(error.code)
    ? new DeploymentError(
        `MongoDB refuses the user of MONGODB_URI (${why}); correct its credentials and roles.`,
      )
    : new DeploymentError(`MongoDB refuses what the service needs (${why}).`);
}

/** Whether it may pass by itself: a network, a set without a primary, a resolver of names. */
function isOutage(error: Error): boolean {
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true;
  if (error instanceof MongoError)
    return error.hasErrorLabel('RetryableWriteError') || passing.has(error.code);
  return String(Reflect.get(error, 'syscall')).startsWith('query');
}

/** A message that quotes a URI may hold its password. */
const withoutUri = ({ message }: Error): string =>
  message.includes('://') ? 'it is not well-formed' : message;
