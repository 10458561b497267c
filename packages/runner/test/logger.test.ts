import { DomainError } from '@user-activity/domain';
import { expect, test } from 'vitest';
import { loggableError } from '../src/logger.ts';

test('a logged error has code, kind, message, cause and stack, and nothing that a client sent', () => {
  const cause = new Error('the disk is full');
  const violations = [{ path: '/metadata/secret', message: 'is too long' }];
  const error = new DomainError('LOG_UNAVAILABLE', 'Not confirmed.', { ids: ['secret'], violations, cause });
  const line = loggableError(error);
  expect(line).toMatchObject({ code: 'LOG_UNAVAILABLE', kind: 'unavailable' });
  expect(JSON.stringify(line)).toMatch(/Not confirmed.*the disk is full/);
  expect(JSON.stringify(line)).not.toContain('secret');
});
