import { isAscii, isUtf8 } from 'node:buffer';
import { charsetOf, withoutMark } from '../bodies/json-body.ts';
import { Problem } from '../requests/problem.ts';

const utf8 = ['utf-8', 'utf8', 'us-ascii', 'ascii'];
const latin1 = ['iso-8859-1', 'latin1'];

/**
 * A body of calls, or a part of one, as UTF-8: bytes that are none become U+FFFD, as unpaired surrogates do. Latin-1 is taken where
 * the media type names it. Throws 415 where it names another charset.
 */
export function utf8OfCalls(contentType: string | undefined, body: Buffer): Buffer {
  const charset = charsetOf(contentType) ?? 'utf-8';
  if (latin1.includes(charset)) return isAscii(body) ? body : Buffer.from(body.toString('latin1'));
  if (!utf8.includes(charset))
    throw new Problem(415, 'The charset of the body must be utf-8, us-ascii or iso-8859-1.');
  const json = withoutMark(body);
  return isUtf8(json) ? json : Buffer.from(json.toString('utf8'));
}
