import { expect, test } from 'vitest';
import { hasNoLeader } from '../src/translate-errors.ts';

const ofType = (type: string, cause?: Error): Error =>
  Object.assign(new Error(type, cause === undefined ? {} : { cause }), { type });

test.each<[string, Error, boolean]>([
  ['an unknown topic', ofType('UNKNOWN_TOPIC_OR_PARTITION'), true],
  ['a broker that is not the leader', ofType('NOT_LEADER_FOR_PARTITION'), true],
  ['no leader, wrapped by KafkaJS', new Error('retries', { cause: ofType('LEADER_NOT_AVAILABLE') }), true],
  ['a refused record', ofType('MESSAGE_TOO_LARGE'), false],
  ['an unreachable broker', new Error('connection'), false],
])('an error says that there is no leader yet: %s', (_, error, expected) => {
  expect(hasNoLeader(error)).toBe(expected);
});
