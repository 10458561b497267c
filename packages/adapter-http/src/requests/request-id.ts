import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

// Printable in a header and in a log line, without anything that could end one.
const acceptable = /^[\x21-\x7e]{1,128}$/;

/** The caller's `X-Request-Id` if it is 1-128 printable ASCII characters without spaces; else a new id. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const id = headers['x-request-id'];
  return typeof id === 'string' && acceptable.test(id) ? id : randomUUID();
}
