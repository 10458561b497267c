import { parseJson } from '@user-activity/domain';
import { prettyFactory } from 'pino-pretty';

const pretty = prettyFactory({ colorize: true, singleLine: true, translateTime: 'SYS:HH:MM:ss.l' });

/**
 * Formats a JSON log line for people at a terminal. A request becomes `POST /api/logs 202 7ms`. Characters that could control the
 * terminal are escaped, because anyone may have sent them.
 */
export function terminalLine(line: string): string {
  const logged = parseJson(line);
  return pretty(JSON.stringify(asRequest(logged) ?? logged, harmless)) ?? '';
}

/** Shortens a request's line to one message; its id is in the answer and in the lines of failures. Else returns undefined. */
function asRequest(logged: unknown): object | undefined {
  if (!isObject(logged)) return undefined;
  const { level, time, msg, method, route, status, ms } = logged;
  if (msg !== 'request' || typeof method !== 'string') return undefined;
  if (typeof status !== 'number' || typeof ms !== 'number') return undefined;
  const path = typeof route === 'string' ? route : '(no such route)';
  return { level, time, msg: `${method} ${path} ${status} ${ms}ms` };
}

function harmless(name: string, value: unknown): unknown {
  if (typeof value === 'string') return withEscapes(value, name === 'stack');
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [withEscapes(key, false), member]));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// C0 and C1 controls, marks that change the direction of text, and line separators.
const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const withEscapes = (text: string, keepLines: boolean): string =>
  text.replaceAll(steering, (character) =>
    keepLines && character === '\n' ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
