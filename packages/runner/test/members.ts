import type { EventConsumer, PartitionProgress, RecordHandler, ResumeAt } from '@user-activity/domain';
import { expect } from 'vitest';
import { RestartingConsumer } from '../src/restarting-consumer.ts';

export const skip = (): undefined => undefined;

/** A member that a test controls. */
export class Member implements EventConsumer {
  readonly #end = Promise.withResolvers<void>();
  readonly ended = this.#end.promise;
  handler: RecordHandler | undefined;
  resumeAt: ResumeAt | undefined;
  stops = 0;
  committed = 0;
  readonly starting: () => Promise<void>;
  readonly stopping: () => Promise<void>;

  constructor(starting: () => Promise<void> = async () => undefined, stopping = starting) {
    this.starting = starting;
    this.stopping = stopping;
    this.ended.catch(skip);
  }

  async start(handler: RecordHandler, resumeAt?: ResumeAt): Promise<void> {
    this.handler = handler;
    this.resumeAt = resumeAt;
    await this.starting();
  }

  async ping(): Promise<void> {
    await Promise.resolve();
  }

  async progress(): Promise<readonly PartitionProgress[]> {
    return [{ partition: 0, oldest: 0, committed: this.committed, end: 10, isMarked: true }];
  }

  async stop(): Promise<void> {
    this.stops += 1;
    await this.stopping();
    this.#end.resolve();
  }

  crash(why: string | Error): void {
    this.#end.reject(typeof why === 'string' ? new Error(why) : why);
  }
}

/** Makes a consumer with these members, one after the other. `events` records its pauses, and the reasons for its restarts. */
export function consumerOf(...members: readonly Member[]) {
  const events: string[] = [];
  const unused = [...members];
  const consumer = new RestartingConsumer({
    make: () => unused.shift() ?? new Member(),
    pause: async (failures) => {
      events.push(`pause ${failures}`);
    },
    onRestart: (reason) => events.push(String(reason)),
    stopTimeoutMs: 20,
    maxFailures: 3,
  });
  return { consumer, events };
}

/** Waits until a member was started. */
export const started = (member: Member) => expect.poll(() => member.handler).toBeDefined();
