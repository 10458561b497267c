import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const validId = /^[\x21-\x7e]{1,128}$/;

/** Returns the `X-Request-Id` of a request if it has 1-128 printable ASCII characters without spaces. Otherwise, returns a new id. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const id = headers['x-request-id'];
  return typeof id === 'string' && validId.test(id) ? id : randomUUID();
}
