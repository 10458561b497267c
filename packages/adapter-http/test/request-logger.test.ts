import { expect, test, vi } from 'vitest';
import { RequestLogger } from '../src/requests/request-logger.ts';
import { recordingLogger } from './recording-logger.ts';

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

function setUp() {
  const { logger, lines } = recordingLogger();
  const child = vi.spyOn(logger, 'child');
  return { child, lines, requestLogger: new RequestLogger(logger, { requestId: 'r-1' }) };
}

test('each line is the same as from a child logger, and has the id of the request', () => {
  const { child, lines, requestLogger } = setUp();
  for (const level of levels) requestLogger[level]({ a: 1 }, 'text');
  requestLogger.child({ part: 'b' }).info('only text');
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    ...levels.map((level) => ({ level, requestId: 'r-1', what: { a: 1 }, message: 'text' })),
    { level: 'info', requestId: 'r-1', part: 'b', what: 'only text' },
  ]);
  expect(child).toHaveBeenCalledTimes(1);
});

test('a logger that logs nothing makes no child logger', () => {
  const { child, requestLogger } = setUp();
  requestLogger.silent();
  expect(child).not.toHaveBeenCalled();
});
