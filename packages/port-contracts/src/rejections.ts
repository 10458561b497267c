import assert from 'node:assert/strict';
import { type ErrorCode, isDomainError } from '@user-activity/domain';

/** Asserts that the promise rejects with a domain error that has one of the codes. */
export async function assertRejects(work: Promise<unknown>, ...codes: readonly ErrorCode[]): Promise<void> {
  const outcome = await work.then(
    () => 'nothing: it resolved',
    (error: unknown) => error,
  );
  assert.ok(
    isDomainError(outcome) && codes.includes(outcome.code),
    `expected a rejection with ${codes.join(' or ')}, got ${String(outcome)}`,
  );
}
