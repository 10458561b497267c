import { parseJson } from '@user-activity/domain';
import { prettyFactory } from 'pino-pretty';

const formatPretty = prettyFactory({ colorize: true, singleLine: true, translateTime: 'SYS:HH:MM:ss.l' });

/**
 * Formats a JSON log line for people at a terminal. The line of a request becomes `POST /api/logs 202 7ms`. Escapes characters that could
 * control the terminal, because clients may send them.
 */
export function terminalLine(line: string): string {
  const entry = parseJson(line);
  return formatPretty(JSON.stringify(shortRequestEntry(entry) ?? entry, escapeStrings)) ?? '';
}

/** Returns a log entry with one short message for the entry of a request. Returns undefined for any other entry. */
function shortRequestEntry(entry: unknown): object | undefined {
  if (!isObject(entry)) return undefined;
  const { level, time, msg, method, route, status, ms } = entry;
  if (msg !== 'request' || typeof method !== 'string') return undefined;
  if (typeof status !== 'number' || typeof ms !== 'number') return undefined;
  const path = typeof route === 'string' ? route : '(no such route)';
  return { level, time, msg: `${method} ${path} ${status} ${ms}ms` };
}

/** A replacer for `JSON.stringify` that escapes control characters in each string. Keeps line breaks in a stack trace. */
function escapeStrings(name: string, value: unknown): unknown {
  if (typeof value === 'string') return escapeControls(value, name === 'stack');
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [escapeControls(key, false), member]),
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// Control characters (C0 and C1), marks that change the direction of text, and line separators.
const controlCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const escapeControls = (text: string, keepLineBreaks: boolean): string =>
  text.replaceAll(controlCharacters, (character) =>
    keepLineBreaks && character === '\n' ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
