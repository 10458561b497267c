import { DomainError, LogMismatch } from '@user-activity/domain';
import type { EachBatchPayload } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { BatchHandler, type BatchHandlerDeps } from '../src/batch-handler.ts';
import { ResumeRefused } from '../src/retry-on-domain-error.ts';
import { readRecordBatches } from '../src/own-reader.ts';
import { batchBytes, batchOf } from '@user-activity/test-kit';

const topic = 'activity';

/** A member that handles batches of partition 0 with fakes. Records its calls, in order. */
class Member {
  readonly events: unknown[] = [];
  /** The ends of the spans of handled batches. */
  readonly ends: number[] = [];
  readonly #abort = new AbortController();
  readonly handler: BatchHandler;

  constructor(deps: Partial<BatchHandlerDeps> = {}) {
    const { handler = async () => undefined, resumeAt = async (_, next) => next } = deps;
    this.handler = new BatchHandler({
      oldestOffset: async () => 0,
      assertSameLog: async () => undefined,
      mayCommit: () => true,
      ...deps,
      handler: (records, signal, span) => {
        this.events.push(['handle', span.from, ...records.map(({ origin }) => origin.offset)]);
        this.ends.push(span.to);
        return handler(records, signal, span);
      },
      resumeAt: (partition, next) => {
        this.events.push(['ask', next]);
        return resumeAt(partition, next);
      },
    });
  }

  /** Handles the batch as if KafkaJS had fetched it from an offset. Control records follow up to `lastOffset`. */
  async receive(fetched: number, batches: Buffer = Buffer.alloc(0), lastOffset?: number): Promise<void> {
    const messages = await readRecordBatches(batches, {});
    const last = String(lastOffset ?? messages.at(-1)?.offset);
    const batch = {
      topic,
      partition: 0,
      fetchedOffset: String(fetched),
      messages,
      rawMessages: lastOffset === undefined ? messages : [...messages, { isControlRecord: true }],
      lastOffset: () => last,
    };
    const payload = {
      batch,
      resolveOffset: (offset: string) => this.events.push(['resolve', Number(offset)]),
      uncommittedOffsets: () => ({ topics: [] }),
      commitOffsetsIfNecessary: async () => undefined,
    };
    await this.handler.handle(payload as unknown as EachBatchPayload, this.#abort.signal);
  }

  cancel(): void {
    this.#abort.abort();
  }
}

const records = (firstOffset: number, count: number): Buffer =>
  batchOf(
    Array.from({ length: count }, () => ({})),
    { firstOffset },
  );

describe('a member calls resumeAt', () => {
  test('once per assignment while each batch begins where the previous one ended', async () => {
    const member = new Member();
    await member.receive(5, records(5, 2));
    await member.receive(7, records(7, 1));
    member.handler.beginAssignment();
    await member.receive(8, records(8, 1));
    expect(member.events).toEqual([
      ['ask', 5],
      ['handle', 5, 5, 6],
      ['resolve', 6],
      ['handle', 7, 7],
      ['resolve', 7],
      ['ask', 8],
      ['handle', 8, 8],
      ['resolve', 8],
    ]);
  });

  test('again if KafkaJS forgot the lower offset to which the member went back', async () => {
    let settled = 2;
    const member = new Member({ resumeAt: async (_, next) => Math.min(next, settled) });
    await member.receive(5, records(5, 1));
    await member.receive(5, records(5, 1));
    await member.receive(2, records(2, 4));
    settled = 6;
    await member.receive(4, records(4, 2));
    expect(member.events).toEqual([
      ['ask', 5],
      ['resolve', 1],
      ['ask', 5],
      ['resolve', 1],
      ['handle', 2, 2, 3, 4, 5],
      ['resolve', 5],
      ['ask', 4],
      ['handle', 4, 4, 5],
      ['resolve', 5],
    ]);
  });

  test('at the assignment even without records, and goes back again if KafkaJS forgot the lower offset', async () => {
    const member = new Member({ resumeAt: async () => 2 });
    await member.receive(5);
    await member.receive(5);
    await member.receive(2, records(2, 3));
    await member.receive(5);
    expect(member.events).toEqual([
      ['ask', 5],
      ['resolve', 1],
      ['ask', 5],
      ['resolve', 1],
      ['handle', 2, 2, 3, 4],
      ['resolve', 4],
    ]);
  });

  test('at the assignment, and continues at the offset of the group if resumeAt returns that', async () => {
    const member = new Member();
    await member.receive(5);
    await member.receive(5, records(5, 1));
    expect(member.events).toEqual([
      ['ask', 5],
      ['handle', 5, 5],
      ['resolve', 5],
    ]);
  });

  test('after skipped offsets, and goes back no further than the oldest record', async () => {
    let oldest = 0;
    const member = new Member({ resumeAt: async () => 1, oldestOffset: async () => oldest });
    await member.receive(1, records(1, 1));
    oldest = 4;
    await member.receive(6, records(6, 1));
    await member.receive(4, records(4, 3));
    oldest = 9;
    await member.receive(9, records(9, 1));
    expect(member.events).toEqual([
      ['ask', 1],
      ['handle', 1, 1],
      ['resolve', 1],
      ['ask', 6],
      ['resolve', 3],
      ['handle', 1, 4, 5, 6],
      ['resolve', 6],
      ['ask', 9],
      ['handle', 1, 9],
      ['resolve', 9],
    ]);
  });

  test('not after control records, which are handled with a batch or as a batch without records', async () => {
    const member = new Member();
    await member.receive(0, records(0, 1), 1);
    await member.receive(2, undefined, 3);
    await member.receive(4, records(5, 1));
    expect(member.events).toEqual([
      ['ask', 0],
      ['handle', 0, 0],
      ['resolve', 0],
      ['handle', 2],
      ['resolve', 3],
      ['handle', 4, 5],
      ['resolve', 5],
    ]);
    expect(member.ends).toEqual([2, 4, 6]);
  });

  test('before it repeats a batch without records, and before a batch that begins after a gap', async () => {
    let failures = 1;
    const member = new Member({
      async handler() {
        failures -= 1;
        if (failures >= 0) throw new Error('the store does not answer');
      },
    });
    await member.receive(0, undefined, 1);
    await member.receive(4, undefined, 4);
    expect(member.events).toEqual([
      ['ask', 0],
      ['handle', 0],
      ['ask', 0],
      ['handle', 0],
      ['resolve', 1],
      ['ask', 4],
      ['handle', 4],
      ['resolve', 4],
    ]);
  });

  test('if its next records were deleted, even if no records follow', async () => {
    const mismatch = new LogMismatch('3 offsets are missing');
    const member = new Member({
      async resumeAt(_, next) {
        if (next > 1) throw mismatch;
        return next;
      },
    });
    await member.receive(0, records(0, 1));
    await expect(member.receive(4)).rejects.toMatchObject({ cause: mismatch });
  });

  test('not after an unreadable batch, because its span has all its offsets', async () => {
    const member = new Member();
    const unreadable = batchBytes(Buffer.from('?'), { firstOffset: 3, codec: 5, count: 4 });
    await member.receive(3, unreadable);
    await member.receive(7, records(7, 1));
    expect(member.events).toEqual([
      ['ask', 3],
      ['handle', 3, 3],
      ['resolve', 6],
      ['handle', 7, 7],
      ['resolve', 7],
    ]);
    expect(member.ends).toEqual([7, 8]);
  });

  test('before it repeats a portion, and leaves the batch if resumeAt returns a lower offset', async () => {
    let calls = 0;
    const member = new Member({
      async handler() {
        calls += 1;
        if (calls > 1) throw new Error('the store is an older copy');
      },
      resumeAt: async (_, next) => (calls < 3 ? next : 400),
    });
    await member.receive(0, records(0, 1500));
    expect(member.events.map((event) => (event as unknown[]).slice(0, 2))).toEqual([
      ['ask', 0],
      ['handle', 0],
      ['resolve', 999],
      ['handle', 1000],
      ['ask', 1000],
      ['handle', 1000],
      ['ask', 1000],
      ['resolve', 399],
    ]);
  });
});

describe('a member handles nothing', () => {
  test('while the log or the store is unreachable, and continues afterwards', async () => {
    const failures = [new DomainError('LOG_UNAVAILABLE', 'No.'), new DomainError('STORE_UNAVAILABLE', 'No.')];
    const fail = (): void => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
    };
    const member = new Member({
      assertSameLog: async () => fail(),
      async resumeAt(_, next) {
        fail();
        return next;
      },
    });
    failures.splice(1, 0, new DomainError('LOG_UNAVAILABLE', 'No.'));
    await member.receive(0, records(0, 1));
    expect(failures).toEqual([]);
    expect(member.events.at(-2)).toEqual(['handle', 0, 0]);
  });

  test.each([
    ['its topic was made again', { assertSameLog: () => Promise.reject(new LogMismatch('another')) }],
    ['resumeAt rejects with LogMismatch', { resumeAt: () => Promise.reject(new LogMismatch('another')) }],
  ])('if %s', async (_, deps) => {
    const member = new Member(deps);
    const handling = member.receive(0, records(0, 1));
    await expect(handling).rejects.toThrow(ResumeRefused);
    await expect(handling).rejects.toMatchObject({ cause: new LogMismatch('another') });
    expect(member.events.filter((event) => (event as unknown[])[0] !== 'ask')).toEqual([]);
  });

  test.each([
    ['it is cancelled', (member: Member) => member.cancel()],
    ['its partitions are assigned again', (member: Member) => member.handler.beginAssignment()],
  ])('if %s before resumeAt has resolved', async (_, interrupt) => {
    const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<number>()];
    const member = new Member({
      resumeAt: () => {
        asked.resolve();
        return answered.promise;
      },
    });
    const handling = member.receive(5, records(5, 1));
    await asked.promise;
    interrupt(member);
    answered.resolve(3);
    await handling;
    expect(member.events).toEqual([['ask', 5]]);
  });
});
