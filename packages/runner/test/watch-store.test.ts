import { expect, test } from 'vitest';
import { watchStore } from '../src/watch-store.ts';
import { consumerOf, Member, started } from './members.ts';

test('a consumer is restarted only if an older copy has replaced its store', async () => {
  const [first, second] = [new Member(), new Member()];
  const { consumer, events } = consumerOf(first, second);
  const over = new AbortController();
  const answers = [false, true, false, false];
  await consumer.start(async () => undefined);
  const watching = watchStore(
    consumer,
    async () => {
      const answer = answers.shift() ?? false;
      if (answers.length === 0) over.abort();
      return answer;
    },
    1,
    over.signal,
  );
  await watching;
  await started(second);
  expect(events).toEqual(['an older copy has replaced the store']);
  await consumer.stop();
});
