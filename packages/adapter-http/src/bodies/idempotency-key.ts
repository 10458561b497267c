import type { IncomingHttpHeaders } from 'node:http';
import { unquote } from '../requests/header-syntax.ts';
import { rulesBroken } from '../requests/problem.ts';
import { isMembers } from './members.ts';

// A string in the syntax of structured fields (RFC 9651, section 3.3.3).
const quotedKey = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/;

/** Returns the value of `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header) without quotes. The domain validates it. */
export function idempotencyKeyIn(headers: IncomingHttpHeaders): string | undefined {
  const raw = headers['idempotency-key'];
  if (raw === undefined) return undefined;
  const value = String(raw).trim();
  return quotedKey.test(value) ? unquote(value) : value;
}

/** Returns the draft with the idempotency key as its id. Throws 422 if the draft has another id. */
export function withKeyAsId(draft: unknown, key: string | undefined): unknown {
  if (key === undefined || !isMembers(draft)) return draft;
  const id = Object.hasOwn(draft, 'id') ? draft['id'] : undefined;
  if (id === undefined || id === null) return { ...draft, id: key };
  if (id === key) return draft;
  throw rulesBroken('The activity breaks a rule.', [
    { path: '/id', message: 'must equal the header Idempotency-Key, or be absent' },
  ]);
}
