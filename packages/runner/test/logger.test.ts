import { setImmediate as nextTurn } from 'node:timers/promises';
import { DomainError } from '@user-activity/domain';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { loggableError } from '../src/logger.ts';
import { TurnOutput } from '../src/turn-output.ts';

test('a logged error has code, kind, message, cause and stack, and nothing that a client sent', () => {
  const cause = new Error('the disk is full');
  const violations = [{ path: '/metadata/secret', message: 'is too long' }];
  const error = new DomainError('LOG_UNAVAILABLE', 'Not confirmed.', { ids: ['secret'], violations, cause });
  const line = loggableError(error);
  expect(line).toMatchObject({ code: 'LOG_UNAVAILABLE', kind: 'unavailable' });
  expect(JSON.stringify(line)).toMatch(/Not confirmed.*the disk is full/);
  expect(JSON.stringify(line)).not.toContain('secret');
});

describe('the lines of one turn of the event loop', () => {
  function setUp(format = (line: string): string => line) {
    const texts: string[] = [];
    const output = new TurnOutput((text) => texts.push(text), format);
    return { texts, output, logger: pino({ base: null, timestamp: false }, output) };
  }

  test('are written together, in their order', async () => {
    const { texts, logger } = setUp();
    logger.info('a');
    logger.child({ requestId: 'x' }).info('b');
    expect(texts).toEqual([]);
    await nextTurn();
    expect(texts).toEqual(['{"level":30,"msg":"a"}\n{"level":30,"requestId":"x","msg":"b"}\n']);
    logger.info('c');
    await nextTurn();
    expect(texts.slice(1)).toEqual(['{"level":30,"msg":"c"}\n']);
  });

  test.each(['warn', 'error', 'fatal'] as const)(
    'are written at once with a line of the level %s',
    async (level) => {
      const { texts, logger } = setUp();
      logger.info('a');
      logger.child({ requestId: 'x' })[level]('b');
      expect(texts.join('').match(/"msg":"."/g)).toEqual(['"msg":"a"', '"msg":"b"']);
      await nextTurn();
      expect(texts).toHaveLength(1);
    },
  );

  test('are written in pieces of whole lines, up to 4 KiB, and a longer line is written alone', async () => {
    const { texts, logger } = setUp();
    for (let line = 0; line < 100; line += 1) logger.info('x'.repeat(200));
    expect(texts.length).toBeGreaterThan(4);
    logger.info('y'.repeat(10_000));
    logger.info('z');
    await nextTurn();
    expect(texts.join('').split('\n')).toHaveLength(103);
    for (const text of texts) expect(text).toMatch(/\n$/);
    expect(texts.filter((text) => text.length > 4096).map((text) => text.split('\n').length)).toEqual([2]);
  });

  test('are formatted one by one', async () => {
    const { texts, logger } = setUp((line) => `> ${line}`);
    logger.info('a');
    logger.info('b');
    await nextTurn();
    expect(texts).toEqual(['> {"level":30,"msg":"a"}\n> {"level":30,"msg":"b"}\n']);
  });
});
