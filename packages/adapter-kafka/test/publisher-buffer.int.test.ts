import { activityLogged, type ActivityLogged, isDomainError, Turn } from '@user-activity/domain';
import { sampleActivities } from '@user-activity/port-contracts';
import { expect, onTestFinished, test, vi } from 'vitest';
import { KafkaEventPublisher, type KafkaEventPublisherOptions } from '../src/index.ts';
import { freshTopic } from './kafka-subjects.ts';

/** A publisher, and what it told of its buffer. */
async function place(options: KafkaEventPublisherOptions) {
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

test('calls that are being prepared hold no more messages than the buffer takes', async () => {
  const { publisher, buffers } = await place({ bufferedBytes: 500_000 });
  const calls = Array.from({ length: 20 }, () => sampleActivities(5, large));
  const made = new Map<number, Set<string>>();
  let most = 0;
  // A message is made when the activity of its event is asked for.
  const watched = (call: number): readonly ActivityLogged[] =>
    (calls[call] ?? []).map((activity) =>
      Object.defineProperty({ ...activityLogged(activity) }, 'activity', {
        get() {
          made.set(call, (made.get(call) ?? new Set()).add(activity.id));
          most = Math.max(
            most,
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
  // Twelve fit in, and each call may make one that does not.
  expect(most).toBeLessThanOrEqual(12 + calls.length);
  expect(Math.max(...buffers.map(([, bytes]) => bytes))).toBeLessThanOrEqual(500_000);
  expect(buffers.at(-1)).toEqual([0, 0]);
});

test('the events of a call that is being prepared count from its beginning', async () => {
  const { publisher } = await place({ bufferedEvents: 10 });
  const first = publisher.publish(sampleActivities(8, large).map(activityLogged));
  const one = sampleActivities(3).map(activityLogged);
  await expect(publisher.publish(one)).rejects.toMatchObject({ code: 'LOG_BUSY' });
  await first;
  await publisher.publish(one);
});

test('the time of a call runs while it is being prepared', async () => {
  const { publisher, buffers } = await place({ publishTimeoutMs: 100 });
  onTestFinished(() => void vi.restoreAllMocks());
  vi.spyOn(Turn.prototype, 'next').mockReturnValue(Promise.withResolvers<void>().promise);
  const publish = publisher.publish(sampleActivities(5, large).map(activityLogged));
  await expect(publish).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  expect(buffers.at(-1)).toEqual([0, 0]);
});
