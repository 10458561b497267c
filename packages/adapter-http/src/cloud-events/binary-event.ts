import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { DomainError, isDomainError, RuleBroken } from '@user-activity/domain';
import { jsonBody, utf8Body } from '../bodies/json-body.ts';
import { percentDecoded } from '../query/percent-decoded.ts';
import { defined, type EventMembers } from './attributes.ts';
import { notationOf } from './media-type.ts';

const prefix = 'ce-';
// RFC 9110, section 5.6.4.
const quoted = /^"(?:[^"\\]|\\.)*"$/;
const elsewhere: ReadonlyMap<string, string> = new Map([
  ['data', 'must be the body, not a header'],
  ['data_base64', 'must be the body, not a header'],
  ['datacontenttype', 'must be the header Content-Type'],
]);

/**
 * An event in binary mode (HTTP protocol binding 1.0.2, section 3.1), in the members of the JSON event format. Where a header is wrong, the
 * `RuleBroken` that says so is the member's value. Data is read by the Content-Type: JSON, text in UTF-8, or else base64; an
 * empty body is none. Throws 400 for a body that is no JSON where it should be, and 415 for JSON that is no UTF-8.
 */
export function binaryEvent(
  { rawHeaders, headers }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
  body: Buffer,
): EventMembers {
  const attributes = new Map<string, unknown>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (!name.startsWith(prefix)) continue;
    const attribute = name.slice(prefix.length);
    const again = attributes.has(attribute);
    attributes.set(
      attribute,
      again ? new RuleBroken('must be given once') : attributeIn(attribute, rawHeaders[index + 1] ?? ''),
    );
  }
  const datacontenttype = headers['content-type'];
  return {
    ...(body.length === 0 ? {} : dataIn(body, datacontenttype)),
    ...defined('datacontenttype', datacontenttype),
    ...Object.fromEntries(attributes),
  };
}

function attributeIn(attribute: string, value: string): unknown {
  const misplaced = elsewhere.get(attribute);
  if (misplaced !== undefined) return new RuleBroken(misplaced);
  try {
    return headerValue(value);
  } catch (error) {
    if (error instanceof RuleBroken) return error;
    throw error;
  }
}

/** The attribute in a header: unquoted where it is quoted, then percent-decoded once (section 3.1.3.2). Says no by `RuleBroken`. */
function headerValue(raw: string): string {
  if (!raw.startsWith('"')) return percentDecoded(raw);
  if (!quoted.test(raw)) throw new RuleBroken('is not a well-formed quoted string');
  return percentDecoded(raw.slice(1, -1).replaceAll(/\\(.)/g, '$1'));
}

/** The data, whose faults are told by their place in the event. */
function jsonDataIn(body: Buffer): unknown {
  try {
    return jsonBody(body);
  } catch (error) {
    if (!isDomainError(error, 'INVALID_ACTIVITY')) throw error;
    const violations = error.violations.map(({ path, message }) => ({ path: `/data${path}`, message }));
    throw new DomainError('INVALID_ACTIVITY', error.message, { violations });
  }
}

function dataIn(body: Buffer, contentType: string | undefined): EventMembers {
  const notation = contentType === undefined ? 'bytes' : notationOf(contentType);
  if (notation === 'json') return { data: jsonDataIn(utf8Body(contentType, body)) };
  if (notation === 'text' && isUtf8(body)) return { data: body.toString('utf8') };
  return { data_base64: body.toString('base64') };
}
