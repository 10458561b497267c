import { parseJson } from '@user-activity/domain';
import { prettyFactory } from 'pino-pretty';

const pretty = prettyFactory({ colorize: true, singleLine: true, translateTime: 'SYS:HH:MM:ss.l' });

/**
 * Formats a JSON log line for people at a terminal. A request becomes `POST /api/logs 202 7ms`. Escapes characters that could
 * control the terminal, because clients may send them.
 */
export function terminalLine(line: string): string {
  const logged = parseJson(line);
  return pretty(JSON.stringify(shortRequest(logged) ?? logged, escaped)) ?? '';
}

/**
 * Returns the log line of a request with one short message and without the request's id. Returns undefined for any other line.
 */
function shortRequest(logged: unknown): object | undefined {
  if (!isObject(logged)) return undefined;
  const { level, time, msg, method, route, status, ms } = logged;
  if (msg !== 'request' || typeof method !== 'string') return undefined;
  if (typeof status !== 'number' || typeof ms !== 'number') return undefined;
  const path = typeof route === 'string' ? route : '(no such route)';
  return { level, time, msg: `${method} ${path} ${status} ${ms}ms` };
}

/** Replacer for `JSON.stringify` that escapes control characters in each string. It keeps line breaks in a stack. */
function escaped(name: string, value: unknown): unknown {
  if (typeof value === 'string') return escapeControls(value, name === 'stack');
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [escapeControls(key, false), member]),
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// Control characters (C0 and C1), marks that change the direction of text, and line separators.
const controls = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const escapeControls = (text: string, keepLines: boolean): string =>
  text.replaceAll(controls, (character) =>
    keepLines && character === '\n' ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
