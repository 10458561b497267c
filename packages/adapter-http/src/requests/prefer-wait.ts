import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import { quotedString, token, unquoted } from './header-syntax.ts';

const maxSeconds = 30;
// White space behind `=` can match only once: with two possible matches, the time would double with each
// parameter.
const pair = String.raw`(${token})(?:[\t ]*=(?:[\t ]*(${token}|${quotedString}))?)?`;
// RFC 7240, section 2: a preference with its parameters, in a list that may have empty elements.
const preference = new RegExp(String.raw`[\t ,]*${pair}(?:[\t ]*;(?:[\t ]*${pair})?)*[\t ]*(?=,|$)`, 'y');
const element = new RegExp(String.raw`[\t ,]*(?:[^",]|${quotedString})+`, 'y');

/**
 * Returns the seconds to wait from the header `Prefer` (RFC 7240, section 4.3). Values above 30 become 30. Ignores malformed preferences,
 * and all `wait` preferences but the first. Returns undefined if none is left.
 */
export function preferredWait(headers: IncomingHttpHeaders): number | undefined {
  const list = [headers['prefer']].flat().join();
  for (let at = 0; at < list.length; ) {
    preference.lastIndex = at;
    const [text, name, value] = preference.exec(list) ?? [];
    if (name?.toLowerCase() === 'wait') return secondsIn(value ?? '');
    // Skips a malformed preference, or the rest of the list if the preference has no clear end.
    element.lastIndex = at;
    at += (text ?? element.exec(list)?.[0])?.length ?? list.length;
  }
  return undefined;
}

function secondsIn(value: string): number | undefined {
  const word = value.startsWith('"') ? unquoted(value) : value;
  return /^\d+$/.test(word) ? Math.min(Number(word), maxSeconds) : undefined;
}

/** Runs `work` with a signal that aborts after `seconds`, or when the connection closes. */
export async function whileWaiting<Result>(
  { raw }: FastifyReply,
  seconds: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, seconds * 1000);
  raw.once('close', abort);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    raw.off('close', abort);
  }
}
