import { onTestFinished, vi } from 'vitest';
import { ActivityClient, type ClientOptions, type Rejection } from '../src/index.ts';
import { FakeService } from './fake-service.ts';

/** Replaces the clock and the timers by fakes until the test ends. */
export function useFakeClock(): void {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

/** Makes a client, and the fake service that it talks to, which accepts all activities. */
export function start(options: Partial<ClientOptions> = {}) {
  const service = new FakeService();
  const rejections: Rejection[] = [];
  const client = new ActivityClient({
    url: 'http://logs.example/',
    fetch: service.fetch,
    onRejected: (rejection) => rejections.push(rejection),
    ...options,
  });
  const logAll = (...userIds: string[]): string[] =>
    userIds.map((userId) => client.log({ userId, type: 'VIEW' }));
  return { service, client, rejections, logAll };
}
