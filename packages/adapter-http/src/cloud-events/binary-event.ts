import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { isDomainError, RuleBroken } from '@user-activity/domain';
import { readJsonBody, utf8Body } from '../bodies/json-body.ts';
import { type Members, withoutUndefined } from '../bodies/members.ts';
import { percentDecode } from '../query/percent-decoded.ts';
import { quotedStringPattern, unquote } from '../requests/header-syntax.ts';
import { rulesBroken } from '../requests/problem.ts';
import { FaultyMember } from './attributes.ts';
import { notationOf } from './media-type.ts';

const prefix = 'ce-';
const quotedValue = new RegExp(`^${quotedStringPattern}$`);
const misplacedAttributes: ReadonlyMap<string, string> = new Map([
  ['data', 'must be the body, not a header'],
  ['data_base64', 'must be the body, not a header'],
  ['datacontenttype', 'must be the header Content-Type'],
]);

/**
 * Turns an event in binary mode (HTTP protocol binding 1.0.2, section 3.1) into the members of the JSON event format. A faulty header
 * becomes a `FaultyMember`. The Content-Type decides whether the data becomes a JSON value, a text or base64. If the body is empty, the
 * event has no data. Throws 400 if the Content-Type is JSON but the body is not, and 415 if JSON has a charset other than UTF-8.
 */
export function parseBinaryEvent(
  { rawHeaders, headers }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
  body: Buffer,
): Members {
  const attributes = new Map<string, unknown>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (!name.startsWith(prefix)) continue;
    const attribute = name.slice(prefix.length);
    const isRepeated = attributes.has(attribute);
    attributes.set(
      attribute,
      isRepeated
        ? new FaultyMember('must be given once')
        : attributeIn(attribute, rawHeaders[index + 1] ?? ''),
    );
  }
  const datacontenttype = headers['content-type'];
  const data = body.length === 0 ? {} : dataIn(body, datacontenttype);
  return withoutUndefined({ ...data, datacontenttype, ...Object.fromEntries(attributes) });
}

function attributeIn(attribute: string, value: string): unknown {
  const fault = misplacedAttributes.get(attribute);
  if (fault !== undefined) return new FaultyMember(fault);
  try {
    return headerValue(value);
  } catch (error) {
    if (error instanceof RuleBroken) return new FaultyMember(error.message);
    throw error;
  }
}

/**
 * Decodes the value of a header: removes its quotes, then percent-decodes it (section 3.1.3.2). Throws RuleBroken if the value is
 * malformed.
 */
function headerValue(raw: string): string {
  if (!raw.startsWith('"')) return percentDecode(raw);
  if (!quotedValue.test(raw)) throw new RuleBroken('is not a well-formed quoted string');
  return percentDecode(unquote(raw));
}

/** Parses JSON data. Throws 422 for repeated keys, with paths that begin with `/data`. */
function jsonDataIn(body: Buffer): unknown {
  try {
    return readJsonBody(body);
  } catch (error) {
    if (!isDomainError(error, 'INVALID_ACTIVITY')) throw error;
    const violations = error.violations.map(({ path, message }) => ({ path: `/data${path}`, message }));
    throw rulesBroken(error.message, violations);
  }
}

function dataIn(body: Buffer, contentType: string | undefined): Members {
  const notation = contentType === undefined ? 'bytes' : notationOf(contentType);
  if (notation === 'json') return { data: jsonDataIn(utf8Body(contentType, body)) };
  if (notation === 'text' && isUtf8(body)) return { data: body.toString('utf8') };
  return { data_base64: body.toString('base64') };
}
