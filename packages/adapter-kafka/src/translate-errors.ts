import { DomainError } from '@user-activity/domain';

/** Does the work. Rejects with LOG_UNAVAILABLE if it fails. */
export async function translateErrors<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw logUnavailable(error);
  }
}

/**
 * Makes the error for a failure of KafkaJS. Quotes the message of KafkaJS only if the broker refused the request: such messages come from
 * a fixed list. All others may contain user data.
 */
export function logUnavailable(failure: unknown): DomainError {
  if (isOfType(failure, refusalTypes))
    return new DomainError('LOG_UNAVAILABLE', `Kafka refuses the request: ${failure.message}.`);
  const reason = failure instanceof Error ? ` (${failure.name})` : '';
  return new DomainError('LOG_UNAVAILABLE', `The log did not confirm the request in time${reason}.`);
}

/** Returns whether this is an error of KafkaJS with one of these types: https://kafka.apache.org/protocol.html#protocol_error_codes */
export const isOfType = (error: unknown, types: ReadonlySet<unknown>): error is Error =>
  error instanceof Error && types.has(Reflect.get(error, 'type'));

const refusalTypes: ReadonlySet<unknown> = new Set([
  'CLUSTER_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'ILLEGAL_SASL_STATE',
  'INVALID_CONFIG',
  'POLICY_VIOLATION',
  'SASL_AUTHENTICATION_FAILED',
  'TOPIC_AUTHORIZATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
]);

/** Returns whether the broker refused the request and a retry can't help. Also looks into the cause: KafkaJS wraps errors after retries. */
export function isRefusal(error: Error): boolean {
  const { name, cause } = error;
  if (name === 'KafkaJSSASLAuthenticationError' || isOfType(error, refusalTypes)) return true;
  return cause instanceof Error && cause !== error && isRefusal(cause);
}

const noLeaderTypes: ReadonlySet<unknown> = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'UNKNOWN_TOPIC_OR_PARTITION',
]);

/** Returns whether the broker responded that it is not the leader of the partition, or knows none. A retry may soon succeed. */
export const hasNoLeader = (error: unknown): boolean =>
  isOfType(error, noLeaderTypes) ||
  (error instanceof Error &&
    error.cause !== error &&
    error.cause instanceof Error &&
    hasNoLeader(error.cause));
