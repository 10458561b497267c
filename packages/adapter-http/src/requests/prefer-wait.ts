import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import { quotedStringPattern, tokenPattern, unquote } from './header-syntax.ts';

const maxSeconds = 30;
// Only one part of the pattern matches the white space after `=`. With two such parts, the time to match
// would double with each parameter.
const pairPattern = String.raw`(${tokenPattern})(?:[\t ]*=(?:[\t ]*(${tokenPattern}|${quotedStringPattern}))?)?`;
// RFC 7240, section 2: a preference with its parameters, in a list that may have empty elements.
const preferencePattern = new RegExp(
  String.raw`[\t ,]*${pairPattern}(?:[\t ]*;(?:[\t ]*${pairPattern})?)*[\t ]*(?=,|$)`,
  'y',
);
const listElementPattern = new RegExp(String.raw`[\t ,]*(?:[^",]|${quotedStringPattern})+`, 'y');

/**
 * Returns for how many seconds the header `Prefer` asks to wait (`wait=10`, RFC 7240, section 4.3), at most 30. Skips malformed
 * preferences. Only the first `wait` counts. Returns undefined if there is no `wait`, or if its value is not a whole number.
 */
export function preferredWaitSeconds(headers: IncomingHttpHeaders): number | undefined {
  const list = [headers['prefer']].flat().join();
  for (let index = 0; index < list.length; ) {
    preferencePattern.lastIndex = index;
    const [text, name, value] = preferencePattern.exec(list) ?? [];
    if (name?.toLowerCase() === 'wait') return secondsIn(value ?? '');
    // Skips a preference that is malformed or not `wait`. Skips all that follows if a quoted string has no end.
    listElementPattern.lastIndex = index;
    index += (text ?? listElementPattern.exec(list)?.[0])?.length ?? list.length;
  }
  return undefined;
}

function secondsIn(value: string): number | undefined {
  const word = value.startsWith('"') ? unquote(value) : value;
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

/** Waits for `seconds`, or until the connection closes. */
export const pause = (reply: FastifyReply, seconds: number): Promise<void> =>
  whileWaiting(reply, seconds, aborted);

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
