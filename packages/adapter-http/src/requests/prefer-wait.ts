import type { IncomingHttpHeaders } from 'node:http';

const mostSeconds = 30;
// RFC 9110: a token (section 5.6.2) or a quoted string (5.6.4).
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const quoted = String.raw`"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"`;
// White space behind the sign belongs to a value, or to what follows: one that could be either would be tried both ways, again for
// each parameter.
const pair = String.raw`(${token})(?:[\t ]*=(?:[\t ]*(${token}|${quoted}))?)?`;
// RFC 7240, section 2: a preference with its parameters, in a list that may have empty places.
const preference = new RegExp(String.raw`[\t ,]*${pair}(?:[\t ]*;(?:[\t ]*${pair})?)*[\t ]*(?=,|$)`, 'y');
const element = new RegExp(String.raw`[\t ,]*(?:[^",]|${quoted})+`, 'y');

/**
 * How many seconds the caller prefers to wait, by the header `Prefer` (RFC 7240, section 4.3): 0 to 30, more is 30. Undefined
 * where it says nothing of it. The first of several counts; what can't be understood is ignored, as section 2 has it.
 */
export function preferredWait(headers: IncomingHttpHeaders): number | undefined {
  // Several headers are one list by now.
  const list = [headers['prefer']].flat().join();
  for (let at = 0; at < list.length; ) {
    preference.lastIndex = at;
    const [text, name, value] = preference.exec(list) ?? [];
    if (name?.toLowerCase() === 'wait') return secondsIn(value ?? '');
    // One that is none is passed over, as far as it is clear where it ends.
    element.lastIndex = at;
    at += (text ?? element.exec(list)?.[0])?.length ?? list.length;
  }
  return undefined;
}

function secondsIn(value: string): number | undefined {
  const word = value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;
  return /^\d+$/.test(word) ? Math.min(Number(word), mostSeconds) : undefined;
}
