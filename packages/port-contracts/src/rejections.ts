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

/** Asserts that every call rejects with a domain error that has one of the codes. The calls run at the same time, because each may wait for a time-out. */
export async function assertEachRejects(
  calls: readonly (() => Promise<unknown>)[],
  ...codes: readonly ErrorCode[]
): Promise<void> {
  await Promise.all(calls.map((call) => assertRejects(call(), ...codes)));
}
