import { stripVTControlCharacters } from 'node:util';
import { type Logger, pino } from 'pino';
import { expect, test } from 'vitest';
import { terminalLine } from '../src/terminal-line.ts';

/** Returns the text that a terminal gets for the logged lines. */
function shown(log: (logger: Logger) => void): string {
  const written: string[] = [];
  const timestamp = pino.stdTimeFunctions.isoTime;
  log(pino({ base: null, timestamp }, { write: (line) => written.push(terminalLine(line)) }));
  return written.join('');
}

/** The colours of the formatter. */
const colours = new RegExp(String.raw`${'\u001b'}\[\d+m`, 'g');

test.each([
  [{ method: 'POST', route: '/api/logs', status: 202, ms: 7 }, 'POST /api/logs 202 7ms'],
  [{ method: 'GET', route: '/api/logs/:id', status: 404, ms: 0 }, 'GET /api/logs/:id 404 0ms'],
  [{ method: 'GET', route: null, status: 404, ms: 1 }, 'GET (no such route) 404 1ms'],
])('the line of a request %j is %s', (request, text) => {
  const line = shown((logger) => logger.child({ requestId: 'r-1' }).info(request, 'request'));
  const [time = '', ...rest] = stripVTControlCharacters(line).split(' ');
  expect(time).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\]$/);
  expect(rest.join(' ')).toBe(`INFO: ${text}\n`);
});

test('any other line keeps all its members', () => {
  const line = shown((logger) => logger.warn({ max: 3, status: 'ok', route: '/x' }, 'too many'));
  expect(stripVTControlCharacters(line)).toContain('WARN: too many {"max":3,"status":"ok","route":"/x"}');
});

test('logged text cannot control the terminal, and a stack keeps its lines', () => {
  const hostile = 'a\u001b[2Jb\u009b31mc\u0007\rd\ne\u202ef\u007f\u2028g';
  const escaped = 'a\\u{1b}[2Jb\\u{9b}31mc\\u{7}\\u{d}d\\u{a}e\\u{202e}f\\u{7f}\\u{2028}g';
  const text = shown((logger) => {
    logger.info({ method: hostile, route: hostile, status: 404, ms: 1 }, 'request');
    logger.warn({ [hostile]: { [hostile]: hostile } }, hostile);
    logger.error({ err: new Error(hostile) }, 'failed');
  });
  const plain = stripVTControlCharacters(text);
  expect(plain).toContain(`INFO: ${escaped} ${escaped} 404 1ms\n`);
  expect(plain).toContain(`WARN: ${escaped} {`);
  expect(plain).toMatch(/\n +at .*terminal-line\.test\.ts/);
  // The only control characters are the formatter's colours and line ends.
  expect(text.replaceAll(colours, '').replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});
