import { connect, type Socket } from 'node:net';
import type { ApiUseCases } from '@user-activity/application';
import {
  ActivityId,
  ActivityType,
  MetadataText,
  StoredActivity,
  Timestamp,
  UserId,
  ProjectId,
} from '@user-activity/domain';
import { expect, onTestFinished, test, vi } from 'vitest';
import { measureBytes, until } from './bytes-held.ts';
import { type Service, service } from './service.ts';

const held = measureBytes();

// More than the kernel buffers for a connection that nobody reads.
const largeBytes = 12_000_000;
const large = StoredActivity.rehydrate({
  project: ProjectId.default,
  id: ActivityId.trusted('1'),
  userId: UserId.trusted('u'),
  type: ActivityType.trusted('T'),
  metadata: MetadataText.trusted(`{"a":"${'x'.repeat(largeBytes)}"}`),
  createdAt: Timestamp.trusted(0),
  receivedAt: Timestamp.trusted(0),
});

const question = 'GET /api/logs HTTP/1.1\r\nHost: localhost\r\n\r\n';

async function ask({ app }: Service, questions: string): Promise<Socket> {
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(Number(port), '127.0.0.1').pause();
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  socket.write(questions);
  return socket;
}

test('the second page of a connection is made after the first was read', async () => {
  const findActivities = vi.fn<ApiUseCases['findActivities']>(async () => ({
    activities: [large],
    hasMore: false,
  }));
  const it = await service({ useCases: { findActivities } });
  const socket = await ask(it, question.repeat(2));
  await until(async () => (await held()) > largeBytes);
  expect((await it.app.inject('/health/live')).statusCode).toBe(200);
  expect(findActivities).toHaveBeenCalledTimes(1);
  socket.resume();
  await until(() => findActivities.mock.calls.length === 2);
  await until(async () => (await held()) === 0);
});

test('if the connection ends, its second page is never made', async () => {
  const findActivities = vi.fn<ApiUseCases['findActivities']>(async () => ({
    activities: [large],
    hasMore: false,
  }));
  const it = await service({ useCases: { findActivities } });
  const socket = await ask(it, question.repeat(2));
  await until(async () => (await held()) > largeBytes);
  socket.destroy();
  await until(async () => (await held()) === 0);
  // This request comes after the one that waited. The page of that one is not made.
  await it.app.inject('/api/logs');
  expect(findActivities).toHaveBeenCalledTimes(2);
});

test('the store gets no query while the memory limit allows no further page', async () => {
  const findActivities = vi.fn<ApiUseCases['findActivities']>(async () => ({
    activities: [],
    hasMore: false,
  }));
  const it = await service({ useCases: { findActivities }, maxBytesInFlight: 64_000 });
  const head = ['POST /api/logs HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
  const socket = await ask(it, [...head, 'Content-Length: 64000', '', ' '.repeat(63_500)].join('\r\n'));
  await until(async () => (await held()) > 63_000);
  const { statusCode, headers } = await it.app.inject('/api/logs');
  expect([statusCode, headers['retry-after']]).toEqual([503, '1']);
  expect(findActivities).not.toHaveBeenCalled();
  socket.destroy();
  await until(async () => (await held()) === 0);
  expect((await it.app.inject('/api/logs')).statusCode).toBe(200);
});
