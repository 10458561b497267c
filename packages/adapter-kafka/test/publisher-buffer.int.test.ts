import { activityLogged, type ActivityLogged, isDomainError, Turn } from '@user-activity/domain';
import { sampleActivities } from '@user-activity/port-contracts';
import { expect, onTestFinished, test, vi } from 'vitest';
import { KafkaEventPublisher, type KafkaEventPublisherOptions } from '../src/index.ts';
import { freshTopic } from './kafka-subjects.ts';

/** Opens a publisher, and collects the sizes of its buffer. */
async function setUp(options: KafkaEventPublisherOptions) {
  const { connection, topic } = await freshTopic();
  onTestFinished(() => topic.close());
  const buffers: (readonly [events: number, bytes: number])[] = [];
  const observer = {
    buffered: (...buffer: [number, number]) => void buffers.push(buffer),
    flushed: () => undefined,
  };
  const publisher = new KafkaEventPublisher(connection, topic, { ...options, observer });
  onTestFinished(() => publisher.close());
  return { publisher, buffers };
}

const large = { metadata: { text: 'x'.repeat(40_000) } };

test('while the messages of many calls are being made, they never exceed the buffer', async () => {
  const { publisher, buffers } = await setUp({ bufferedBytes: 500_000 });
  const calls = Array.from({ length: 20 }, () => sampleActivities(5, large));
  const made = new Map<number, Set<string>>();
  let maxMade = 0;
  // A message is made when the activity of its event is read.
  const watched = (call: number): readonly ActivityLogged[] =>
    (calls[call] ?? []).map((activity) =>
      Object.defineProperty({ ...activityLogged(activity) }, 'activity', {
        get() {
          made.set(call, (made.get(call) ?? new Set()).add(activity.id));
          maxMade = Math.max(
            maxMade,
            [...made.values()].reduce((sum, { size }) => sum + size, 0),
          );
          return activity;
        },
      }),
    );
  const outcomes = await Promise.all(
    calls.map(async (_, call) => {
      try {
        await publisher.publish(watched(call));
        return 'published';
      } catch (error) {
        return isDomainError(error) ? error.code : error;
      } finally {
        made.delete(call);
      }
    }),
  );
  expect(new Set(outcomes)).toEqual(new Set(['published', 'LOG_BUSY']));
  // Twelve messages fit, and each call may make one more.
  expect(maxMade).toBeLessThanOrEqual(12 + calls.length);
  expect(Math.max(...buffers.map(([, bytes]) => bytes))).toBeLessThanOrEqual(500_000);
  expect(buffers.at(-1)).toEqual([0, 0]);
});

test('the buffer counts the events of a call before their messages are made', async () => {
  const { publisher } = await setUp({ bufferedEvents: 10 });
  const first = publisher.publish(sampleActivities(8, large).map(activityLogged));
  const second = sampleActivities(3).map(activityLogged);
  await expect(publisher.publish(second)).rejects.toMatchObject({ code: 'LOG_BUSY' });
  await first;
  await publisher.publish(second);
});

test('the timeout of a call includes the time to make its messages', async () => {
  const { publisher, buffers } = await setUp({ publishTimeoutMs: 100 });
  onTestFinished(() => void vi.restoreAllMocks());
  vi.spyOn(Turn.prototype, 'next').mockReturnValue(Promise.withResolvers<void>().promise);
  const publish = publisher.publish(sampleActivities(5, large).map(activityLogged));
  await expect(publish).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  expect(buffers.at(-1)).toEqual([0, 0]);
});
