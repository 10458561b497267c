import type { IncomingHttpHeaders } from 'node:http';
import { DomainError } from '@user-activity/domain';
import { isMembers } from './members.ts';

// RFC 9651, section 3.3.3: a string.
const quoted = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/;

/**
 * The value of the header `Idempotency-Key`, bare or as a quoted string (draft-ietf-httpapi-idempotency-key-header).
 * Undefined where there is none. It is an activity's id, and the domain judges it as such.
 */
export function idempotencyKey(headers: IncomingHttpHeaders): string | undefined {
  const raw = headers['idempotency-key'];
  if (raw === undefined) return undefined;
  const value = String(raw).trim();
  return quoted.test(value) ? value.slice(1, -1).replaceAll(/\\(["\\])/g, '$1') : value;
}

/** The draft with the key for its id. Throws INVALID_ACTIVITY when the body has an id that is another. */
export function identified(draft: unknown, key: string | undefined): unknown {
  if (key === undefined || !isMembers(draft)) return draft;
  const given = Object.hasOwn(draft, 'id') ? draft['id'] : undefined;
  if (given === undefined || given === null) return { ...draft, id: key };
  if (given === key) return draft;
  throw new DomainError('INVALID_ACTIVITY', 'The activity breaks a rule.', {
    violations: [{ path: '/id', message: 'must equal the header Idempotency-Key where both are given' }],
  });
}
