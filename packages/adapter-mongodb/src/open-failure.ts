import { DomainError } from '@user-activity/domain';
import { MongoError, MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb';

/** Thrown if the deployment can't be used as it is. The message says what to change. Retrying alone does not help. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}

// Codes of MongoDB's error_codes.yml: refused credentials (8000 is from Atlas), and states that pass by themselves.
const unauthorized: ReadonlySet<unknown> = new Set([13, 18, 8000]);
const temporary: ReadonlySet<unknown> = new Set([
  50, 64, 89, 91, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436,
]);

/** Makes the error for an invalid connection string. */
export const uriFault = (error: unknown): DeploymentError =>
  new DeploymentError(
    `MONGODB_URI is invalid (${error instanceof Error ? withoutUri(error) : 'unknown'}); correct it.`,
  );

/** Makes the error for a failed `open`: STORE_UNAVAILABLE in an outage, otherwise DeploymentError. A bug stays as it is. */
export function openFailure(error: unknown): unknown {
  if (error instanceof Error && isOutage(error))
    return new DomainError('STORE_UNAVAILABLE', `MongoDB does not answer: ${withoutUri(error)}`, {
      cause: error,
    });
  if (!(error instanceof MongoError)) return error;
  if (!(error instanceof MongoServerError)) return uriFault(error);
  const reason = `code ${String(error.code)}: ${withoutUri(error)}`;
  return unauthorized.has(error.code)
    ? new DeploymentError(
        `MongoDB refuses the user of MONGODB_URI (${reason}); correct its credentials and roles.`,
      )
    : new DeploymentError(`MongoDB refuses a command that the service needs (${reason}).`);
}

/** Returns whether the failure may pass by itself: of the network, of a replica set without a primary, or of name resolution. */
function isOutage(error: Error): boolean {
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true;
  if (error instanceof MongoError)
    return error.hasErrorLabel('RetryableWriteError') || temporary.has(error.code);
  return String(Reflect.get(error, 'syscall')).startsWith('query');
}

/** Returns the message, unless it quotes a URI, which may contain a password. */
const withoutUri = ({ message }: Error): string => (message.includes('://') ? 'it is malformed' : message);
