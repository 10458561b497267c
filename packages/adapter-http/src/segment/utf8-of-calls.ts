import { isAscii, isUtf8 } from 'node:buffer';
import { withoutByteOrderMark } from '../bodies/json-body.ts';
import { charsetOf } from '../requests/media-types.ts';
import { Problem } from '../requests/problem.ts';

const utf8Names = ['utf-8', 'utf8', 'us-ascii', 'ascii'];
const latin1Names = ['iso-8859-1', 'latin1'];

/**
 * Returns a body of calls, or a part of one, as UTF-8. Latin-1 is converted. Each byte that is not UTF-8 becomes the JSON escape of an
 * unpaired surrogate, U+DC80 to U+DCFF. The escape is stored as U+FFFD later, but users and ids that differ only in such a byte stay
 * different. Throws 415 if the media type names another charset.
 */
export function utf8OfCalls(contentType: string | undefined, body: Buffer): Buffer {
  const charset = charsetOf(contentType) ?? 'utf-8';
  if (latin1Names.includes(charset)) return isAscii(body) ? body : Buffer.from(body.toString('latin1'));
  if (!utf8Names.includes(charset))
    throw new Problem(415, 'The charset of the body must be utf-8, us-ascii or iso-8859-1.');
  const json = withoutByteOrderMark(body);
  return isUtf8(json) ? json : withEscapes(json);
}

// Counts the invalid bytes first, to allocate one buffer. A list of pieces could take gigabytes.
function withEscapes(json: Buffer): Buffer {
  let invalidByteCount = 0;
  for (let index = 0, length = 0; index < json.length; index += length || 1) {
    length = characterBytes(json, index);
    if (length === 0) invalidByteCount += 1;
  }
  const escaped = Buffer.allocUnsafe(json.length + invalidByteCount * (escapeBytes - 1));
  let end = 0;
  for (let index = 0, length = 0; index < json.length; index += length || 1) {
    length = characterBytes(json, index);
    const byte = json[index] ?? 0;
    if (length === 0) {
      for (let offset = 0; offset < escapeStart.length; offset += 1)
        escaped[end++] = escapeStart[offset] ?? 0;
      escaped[end++] = hexDigits[byte >> 4] ?? 0;
      escaped[end++] = hexDigits[byte & 15] ?? 0;
    } else for (let offset = 0; offset < length; offset += 1) escaped[end++] = json[index + offset] ?? 0;
  }
  return escaped;
}

const escapeStart = Buffer.from('\\udc');
const hexDigits = Buffer.from('0123456789abcdef');
const escapeBytes = escapeStart.length + 2;

/** Returns the number of bytes of the UTF-8 character at an index (RFC 3629, section 4). Returns 0 if there is no UTF-8 character. */
function characterBytes(json: Buffer, index: number): number {
  const first = json[index] ?? 0;
  const second = json[index + 1] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  if (first < 0xe0) return isContinuation(second) ? 2 : 0;
  if (!isContinuation(json[index + 2] ?? 0)) return 0;
  if (first < 0xf0) {
    const [min, max] = [first === 0xe0 ? 0xa0 : 0x80, first === 0xed ? 0x9f : 0xbf];
    return second >= min && second <= max ? 3 : 0;
  }
  const [min, max] = [first === 0xf0 ? 0x90 : 0x80, first === 0xf4 ? 0x8f : 0xbf];
  return second >= min && second <= max && isContinuation(json[index + 3] ?? 0) ? 4 : 0;
}

const isContinuation = (byte: number): boolean => byte >= 0x80 && byte <= 0xbf;
