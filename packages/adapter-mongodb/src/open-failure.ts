import { DomainError } from '@user-activity/domain';
import { MongoError, MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb';
import { isOutageCode } from './transient-codes.ts';

/** Thrown if an operator must change the deployment before the service can use it. The message says what to change. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}

// Codes from MongoDB's error_codes.yml. 8000 is Atlas's code for refused credentials.
const credentialCodes: ReadonlySet<unknown> = new Set([13, 18, 8000]);

/** Returns the error for an invalid URI. */
export const uriFault = (error: unknown): DeploymentError =>
  new DeploymentError(
    `MONGODB_URI is invalid (${error instanceof Error ? withoutUri(error) : 'unknown'}); correct it.`,
  );

/** Returns the error for a failed `open`: STORE_UNAVAILABLE in an outage, else DeploymentError. Returns errors of our code unchanged. */
export function openFailure(error: unknown): unknown {
  if (error instanceof Error && isOutage(error)) {
    const cause = error;
    return new DomainError('STORE_UNAVAILABLE', `MongoDB does not respond: ${withoutUri(error)}`, { cause });
  }
  if (!(error instanceof MongoError)) return error;
  if (!(error instanceof MongoServerError)) return uriFault(error);
  const reason = `code ${String(error.code)}: ${withoutUri(error)}`;
  return new DeploymentError(
    credentialCodes.has(error.code)
      ? `MongoDB refuses the user of MONGODB_URI (${reason}); correct its credentials and roles.`
      : `MongoDB refuses a command that the service needs (${reason}).`,
  );
}

/** Returns whether the cause is temporary: the network, name resolution, or a replica set without a primary. */
export function isOutage(error: Error): boolean {
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true;
  if (error instanceof MongoError)
    return error.hasErrorLabel('RetryableWriteError') || isOutageCode(error.code);
  return String(Reflect.get(error, 'syscall')).startsWith('query');
}

/** Returns the message of an error, or a replacement if the message contains a URI, because the URI may contain a password. */
export const withoutUri = ({ message }: Error): string =>
  message.includes('://') ? 'it is malformed' : message;
