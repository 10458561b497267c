import assert from 'node:assert/strict';
import {
  type DeadLetter,
  DeadLetterFilter,
  DeadLetterQuery,
  edgeTopic,
  letterOverheadBytes,
  ProjectId,
  type SweepLimits,
} from '@user-activity/domain';
import { letterCases, type LetterRepositorySubject } from './letter-repository-subject.ts';
import { at, idsOf, letterOf } from './letters.ts';
import { assertRejects } from './rejections.ts';

const firstPage = DeadLetterQuery.of({
  filter: DeadLetterFilter.of({ project: ProjectId.default }),
  order: 'asc',
  limit: 500,
});

/** Makes an edge letter, which is the dead letter of a call that the API refused. It died `millis` milliseconds after the default time. */
const edgeLetter = (millis: number, valueBytes = 50_000): DeadLetter =>
  letterOf(millis, {
    origin: { topic: edgeTopic, partition: 7, offset: millis },
    value: new Uint8Array(valueBytes),
    code: 'invalid',
    diedAt: at(millis),
  });
const logLetter = (millis: number): DeadLetter =>
  letterOf(millis, { value: new Uint8Array(50_000), diedAt: at(millis) });

const withoutLimits: SweepLimits = {
  edgeBefore: undefined,
  logBefore: undefined,
  maxEdgeBytes: Number.MAX_SAFE_INTEGER,
  limit: 100,
};

/** The promises of a `DeadLetterRepository` about `sweep`. */
export const sweepCases = letterCases({
  B10: {
    async '`sweep` removes letters by age, with one limit for edge letters and another for letters from the log'(
      repository,
      queue,
      subject,
    ) {
      const added = [0, 10, 20, 30].flatMap((millis) => [edgeLetter(millis), logLetter(millis)]);
      await queue.add(added);
      assert.deepEqual(await remaining(subject), names(added));
      assert.equal((await repository.sweep(withoutLimits)).expired, 0);
      assert.deepEqual(await remaining(subject), names(added));
      const swept = await repository.sweep({ ...withoutLimits, edgeBefore: at(20) });
      assert.deepEqual([swept.expired, swept.evicted], [2, 0]);
      assert.deepEqual(await remaining(subject), names([...added.slice(4), logLetter(0), logLetter(10)]));
      assert.equal((await repository.sweep({ ...withoutLimits, logBefore: at(11) })).expired, 2);
      assert.deepEqual(await remaining(subject), names(added.slice(4)));
      const rest = await repository.sweep({ ...withoutLimits, edgeBefore: at(99), logBefore: at(99) });
      assert.deepEqual(rest, { expired: 4, evicted: 0, edgeBytes: 0 });
    },
    async '`sweep` removes the oldest edge letters while their total size exceeds the limit'(
      repository,
      queue,
      subject,
    ) {
      const logged = [logLetter(0), logLetter(5)];
      await queue.add([...logged, ...[1, 2, 3, 4].map((millis) => edgeLetter(millis))]);
      // A letter that is added again replaces the earlier copy, so its size counts once.
      await queue.add([edgeLetter(1, 10), edgeLetter(1)]);
      const all = await repository.sweep(withoutLimits);
      const each = all.edgeBytes / 4;
      assert.ok(
        each >= letterOverheadBytes + 50_000 && each <= 2 * letterOverheadBytes + 50_000,
        `a letter counts ${each} bytes`,
      );
      const swept = await repository.sweep({ ...withoutLimits, maxEdgeBytes: 2.5 * each });
      assert.deepEqual(swept, { expired: 0, evicted: 2, edgeBytes: 2 * each });
      assert.deepEqual(await remaining(subject), names([...logged, edgeLetter(3), edgeLetter(4)]));
      const again = await repository.sweep({ ...withoutLimits, maxEdgeBytes: 2 * each });
      assert.deepEqual(again, { expired: 0, evicted: 0, edgeBytes: 2 * each });
      await repository.sweep({ ...withoutLimits, maxEdgeBytes: 0 });
      assert.deepEqual(await remaining(subject), names(logged));
    },
    async 'a sweep removes at most `limit` letters, and concurrent sweeps remove few letters too many'(
      repository,
      queue,
      subject,
    ) {
      const second = await subject.open();
      const added = Array.from({ length: 20 }, (_, millis) => [
        edgeLetter(millis, 10),
        logLetter(millis),
      ]).flat();
      await queue.add(added);
      const aged = { ...withoutLimits, edgeBefore: at(15), logBefore: at(15), limit: 20 };
      const { expired } = await repository.sweep(aged);
      assert.ok(expired <= 20, `one sweep removed ${expired} letters`);
      while ((await repository.sweep(aged)).expired > 0);
      assert.deepEqual(await remaining(subject), names(added.slice(30)));
      const { edgeBytes } = await repository.sweep(withoutLimits);
      const half = { ...withoutLimits, maxEdgeBytes: edgeBytes * 0.6, limit: 1 };
      await Promise.all([repository, second].map((handle) => handle.sweep(half)));
      while ((await repository.sweep(half)).evicted > 0);
      const rest = (await remaining(subject)).filter((name) => name.startsWith(edgeTopic));
      assert.ok(rest.length === 3 || rest.length === 2, rest.join());
      assert.ok(rest.includes(`${edgeTopic}:7:19`));
    },
  },
  B7: {
    async '`sweep` rejects while the store is unreachable, and works again afterwards'(
      repository,
      queue,
      subject,
    ) {
      await queue.add([edgeLetter(0)]);
      const restore = await subject.interrupt();
      const sweep = { ...withoutLimits, maxEdgeBytes: 0 };
      await assertRejects(repository.sweep(sweep), 'STORE_UNAVAILABLE', 'STORE_TIMEOUT');
      await restore();
      assert.equal((await repository.sweep(sweep)).evicted, 1);
    },
  },
});

/** Returns the ids of all remaining letters, in order. */
async function remaining(subject: LetterRepositorySubject): Promise<string[]> {
  const { letters } = await (await subject.open()).find(firstPage);
  return idsOf(letters).toSorted();
}

const names = (letters: readonly DeadLetter[]): string[] =>
  letters.map(({ origin: { topic, partition, offset } }) => `${topic}:${partition}:${offset}`).toSorted();
