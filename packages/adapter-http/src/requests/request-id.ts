import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

// What fits a header and a log line, and nothing that could end one.
const acceptable = /^[\x21-\x7e]{1,128}$/;

/** The caller's `X-Request-Id`, where it is 1-128 printable ASCII characters without space; else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && acceptable.test(given) ? given : randomUUID();
}
