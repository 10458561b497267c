import { DomainError } from '@user-activity/domain';

/** Does the work of a port. Rejects with LOG_UNAVAILABLE if it fails. */
export async function translated<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw logUnavailable(error);
  }
}

/** Makes the ports' error for a failure. It leaves out the client's message, which may contain data. */
export function logUnavailable(failure: unknown): DomainError {
  const reason = failure instanceof Error ? ` (${failure.name})` : '';
  return new DomainError('LOG_UNAVAILABLE', `The log did not confirm in time${reason}.`);
}

// Types of the protocol's errors, https://kafka.apache.org/protocol.html#protocol_error_codes
const refusals: ReadonlySet<unknown> = new Set([
  'CLUSTER_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'ILLEGAL_SASL_STATE',
  'INVALID_CONFIG',
  'POLICY_VIOLATION',
  'SASL_AUTHENTICATION_FAILED',
  'TOPIC_AUTHORIZATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
]);

/** Returns whether the broker refused the request, so that retrying won't help. KafkaJS wraps errors after its retries. */
export function isRefusal(error: Error): boolean {
  if (error.name === 'KafkaJSSASLAuthenticationError' || refusals.has(Reflect.get(error, 'type')))
    return true;
  return error.cause instanceof Error && error.cause !== error && isRefusal(error.cause);
}
