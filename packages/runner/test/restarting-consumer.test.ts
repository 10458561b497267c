import { MemoryEventConsumer, MemoryEventPublisher, MemoryLog } from '@user-activity/adapter-memory';
import { activityLogged, DomainError, LogMismatch, type ResumeAt } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { RestartingConsumer } from '../src/restarting-consumer.ts';
import { consumerOf, Member, skip, started } from './members.ts';

const never = (): Promise<void> => new Promise(skip);

describe('a member is replaced', () => {
  test('after a pause if it ends by itself', async () => {
    const [first, second] = [new Member(), new Member()];
    const { consumer, events } = consumerOf(first, second);
    await consumer.start(async () => undefined);
    first.crash('it is gone');
    await started(second);
    expect(events).toEqual(['Error: it is gone', 'pause 1']);
    expect(first.stops).toBe(1);
    await consumer.stop();
    await consumer.ended;
  });

  test('at once by `restart`, even if it never stops', async () => {
    const [first, second] = [new Member(undefined, never), new Member()];
    const { consumer, events } = consumerOf(first, second);
    await consumer.start(async () => undefined);
    consumer.restart('frozen');
    await started(second);
    expect(events).toEqual(['frozen']);
    await consumer.stop();
  });

  test('by `restart` while it joins its group', async () => {
    const [first, second, third] = [new Member(), new Member(never), new Member()];
    const { consumer } = consumerOf(first, second, third);
    await consumer.start(async () => undefined);
    consumer.restart('frozen');
    await started(second);
    consumer.restart('still frozen');
    await started(third);
    expect(second.stops).toBe(1);
    // It has no effect when a replaced member ends.
    second.crash('late');
    await consumer.ping();
    await consumer.stop();
    await consumer.ended;
  });

  test('after a longer pause if it cannot join its group', async () => {
    const failing = new Member(() => Promise.reject(new Error('no coordinator')), skip as never);
    const [first, third] = [new Member(), new Member()];
    const { consumer, events } = consumerOf(first, failing, third);
    await consumer.start(async () => undefined);
    first.crash('it is gone');
    await started(third);
    expect(events).toEqual(['Error: it is gone', 'pause 1', 'Error: no coordinator', 'pause 2']);
    await consumer.stop();
  });
});

test('the consumer gives up after several failures in a row, with the last reason', async () => {
  const members = [new Member(), new Member(), new Member()];
  const { consumer } = consumerOf(...members);
  await consumer.start(async () => undefined);
  for (const [index, member] of members.entries()) {
    await started(member);
    member.crash(`crash ${index + 1}`);
  }
  await expect(consumer.ended).rejects.toThrow('crash 3');
});

test('the consumer gives up at once if the log does not match the store', async () => {
  const [first, second] = [new Member(), new Member()];
  const { consumer, events } = consumerOf(first, second);
  await consumer.start(async () => undefined);
  const mismatch = new LogMismatch('7 offsets are missing');
  first.crash(mismatch);
  await expect(consumer.ended).rejects.toBe(mismatch);
  expect(events).toEqual([]);
  expect(second.handler).toBeUndefined();
});

test('each new member gets the function that says where to continue', async () => {
  const [first, second] = [new Member(), new Member()];
  const { consumer } = consumerOf(first, second);
  const resumeAt: ResumeAt = async (_, next) => next;
  await consumer.start(async () => undefined, resumeAt);
  first.crash('it is gone');
  await started(second);
  expect([first, second].map((member) => member.resumeAt)).toEqual([resumeAt, resumeAt]);
  await consumer.stop();
});

test('handled records set the count of consecutive failures to 0', async () => {
  const members = [new Member(), new Member(), new Member(), new Member()];
  const { consumer, events } = consumerOf(...members);
  await consumer.start(async () => undefined);
  for (const member of members.slice(0, 3)) {
    await started(member);
    await member.handler?.([], new AbortController().signal, { partition: 0, from: 0, to: 0 });
    member.crash('again');
  }
  await expect.poll(() => events.filter((line) => line === 'pause 1')).toHaveLength(3);
  await consumer.stop();
  await consumer.ended;
});

test('the start fails if the first member cannot join', async () => {
  const failing = new Member(() => Promise.reject(new Error('no coordinator')));
  await expect(consumerOf(failing).consumer.start(async () => undefined)).rejects.toThrow('no coordinator');
});

test('a stopped consumer starts no new member, and its ping rejects', async () => {
  const [first, second] = [new Member(), new Member()];
  const { consumer } = consumerOf(first, second);
  await consumer.start(async () => undefined);
  const stopping = consumer.stop();
  consumer.restart('frozen');
  await stopping;
  first.crash('late');
  await consumer.ended;
  expect(second.handler).toBeUndefined();
  await expect(consumer.ping()).rejects.toBeInstanceOf(DomainError);
});

test('all records of a log in memory are handled across a restart', async () => {
  const log = new MemoryLog();
  const publisher = new MemoryEventPublisher(log);
  const consumer = new RestartingConsumer({
    make: () => new MemoryEventConsumer(log),
    pause: async () => undefined,
    onRestart: skip,
  });
  const ids = new Set<string>();
  await consumer.start(async (records) => {
    for (const { content } of records) if (content.name === 'ActivityLogged') ids.add(content.activity.id);
  });
  await publisher.publish([activityLogged(sampleActivity({ id: 'before' }))]);
  await expect.poll(() => ids).toContain('before');
  consumer.restart('a test');
  await publisher.publish([activityLogged(sampleActivity({ id: 'after' }))]);
  await expect.poll(() => ids).toContain('after');
  await consumer.stop();
});
