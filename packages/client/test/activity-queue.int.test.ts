import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { test } from 'vitest';
import type { ActivityQueue } from '../src/index.ts';
import { DiskSpool } from '../src/node/index.ts';
import { MemoryQueue } from '../src/sending/memory-queue.ts';

/** A queue under test, as one process sees it. Each method returns what the next process sees. */
interface Subject {
  readonly queue: ActivityQueue;
  /** Ends the process cleanly, and opens the queue in the next one. */
  reopen(): Promise<Subject>;
  /** Kills the process while it writes a line, of which `torn` is on the disk, and opens the queue in the next one. */
  crash(torn: string): Promise<Subject>;
  /** Closes the queue, and deletes its files. */
  end(): Promise<void>;
}

const maxBytes = 400;

/** A queue in memory has no next process, so `reopen` and `crash` change nothing. */
function inMemory(queue: ActivityQueue): Subject {
  const same = async (): Promise<Subject> => inMemory(queue);
  return { queue, reopen: same, crash: same, end: async () => {} };
}

function onDisk(folder: string): Subject {
  const queue = DiskSpool.open({ folder, maxBytes, segmentBytes: 60 });
  return {
    queue,
    async reopen() {
      await queue.close();
      return onDisk(folder);
    },
    async crash(torn) {
      const copy = mkdtempSync(join(tmpdir(), 'user-activity-queue-'));
      cpSync(folder, copy, { recursive: true });
      await this.end();
      const last = readdirSync(copy).findLast((name) => name.endsWith('.ndjson'));
      if (last !== undefined) appendFileSync(join(copy, last), torn);
      return onDisk(copy);
    },
    async end() {
      await queue.close();
      rmSync(folder, { recursive: true });
    },
  };
}

type Step =
  | { readonly kind: 'add'; readonly line: string }
  | { readonly kind: 'take'; readonly maxCount: number; readonly maxBytes: number; readonly settled: number }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'crash'; readonly torn: string };

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).map((raw) => JSON.stringify(raw));
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), line: text }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('take' as const),
        maxCount: fc.integer({ min: 1, max: 5 }),
        maxBytes: fc.integer({ min: 1, max: 200 }),
        settled: fc.integer({ min: 0, max: 5 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), torn: text }) },
  ),
  { maxLength: 40 },
);

/**
 * Runs a step on the queue and on `model`, a plain list, and compares the two. `perLine` is the number of bytes that the queue counts for a
 * line beyond its text.
 */
async function runStep(subject: Subject, model: string[], step: Step, perLine: number): Promise<Subject> {
  const { queue } = subject;
  const bytesIn = (lines: readonly string[]): number =>
    lines.reduce((sum, line) => sum + Buffer.byteLength(line) + perLine, 0);
  assert.deepEqual([queue.count, queue.bytes], [model.length, bytesIn(model)]);
  if (step.kind === 'reopen') return subject.reopen();
  if (step.kind === 'crash') return subject.crash(step.torn);
  if (step.kind === 'add') {
    const add = (): void => queue.add(step.line);
    if (bytesIn([...model, step.line]) > maxBytes) assert.throws(add, /The queue is full/);
    else {
      add();
      model.push(step.line);
    }
    return subject;
  }
  const found = queue.first(step.maxCount, step.maxBytes);
  assert.deepEqual(found, model.slice(0, found.length));
  assert.equal(found.length > 0, model.length > 0);
  assert.ok(found.length <= step.maxCount);
  assert.ok(found.length <= 1 || bytesIn(found) <= step.maxBytes);
  const settled = Math.min(step.settled, found.length);
  queue.remove(settled);
  model.splice(0, settled);
  return subject;
}

test.each([
  ['in memory', () => inMemory(new MemoryQueue({ maxBytes })), 0],
  ['on the disk', () => onDisk(mkdtempSync(join(tmpdir(), 'user-activity-queue-'))), 1],
])('a queue %s keeps its promises through random steps, restarts and crashes', async (_, make, perLine) => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      let subject = make();
      const model: string[] = [];
      try {
        for (const step of all) subject = await runStep(subject, model, step, perLine);
      } finally {
        await subject.end();
      }
    }),
    { numRuns: 50, endOnFailure: true },
  );
});
