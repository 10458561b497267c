import assert from 'node:assert/strict';
import {
  type ActivityMeasurement,
  type ProjectId,
  type ProjectRepository,
  Timestamp,
} from '@user-activity/domain';
import { forum, projectCases, save, shop } from './project-repository-subject.ts';
import { sampleActivity, sampleTime } from './samples.ts';

/** Measures a project in portions of `limit`. Returns the bytes of each portion. Calls `between` before each portion but the first. */
async function measureAll(
  projects: ProjectRepository,
  project: ProjectId,
  limit: number,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<number[]> {
  const sizes: number[] = [];
  for (let after: ActivityMeasurement['after']; ; ) {
    const { bytes, next } = await projects.measureActivities({ project, after, limit });
    sizes.push(bytes);
    if (next === undefined) return sizes;
    after = next;
    await between();
  }
}

const total = (sizes: readonly number[]): number => sizes.reduce((sum, bytes) => sum + bytes, 0);

/** Makes activities of a project, each with this text in its metadata. Three in a row have the same time. */
const activitiesWith = (project: ProjectId, count: number, text: string) =>
  Array.from({ length: count }, (_, index) =>
    sampleActivity({
      project,
      id: `a-${index}`,
      createdAt: sampleTime + Math.floor(index / 3) * 1000,
      metadata: { text },
    }),
  );

/** Asserts that `bytes` is a valid size of `count` activities with texts of `textBytes` each: at most 1,000 bytes more for each. */
const assertSize = (bytes: number, count: number, textBytes: number): void => {
  assert.ok(bytes > count * textBytes, `a size of ${bytes} bytes is too small`);
  assert.ok(bytes <= count * (textBytes + 1000), `a size of ${bytes} bytes is too large`);
};

/** The promise J14 about the size of activities. */
export const activitySizeCases = projectCases({
  J14: {
    async 'an activity counts with the UTF-8 bytes of its texts and at most 1,000 bytes more'(
      projects,
      subject,
    ) {
      assert.deepEqual(await measureAll(projects, shop, 10), [0]);
      for (const [text, textBytes] of [
        ['', 0],
        ['x'.repeat(20_000), 20_000],
        ['é'.repeat(10_000), 20_000],
        ['€'.repeat(10_000), 30_000],
        ['😀'.repeat(10_000), 40_000],
      ] as const) {
        const [id, userId] = [`id-${textBytes}-${text.length}`, 'u'.repeat(20)];
        const before = total(await measureAll(projects, shop, 10));
        await save(subject, [sampleActivity({ project: shop, id, userId, metadata: { text } })]);
        assertSize(total(await measureAll(projects, shop, 10)) - before, 1, textBytes + userId.length);
      }
    },
    async 'a walk over portions measures each activity once'(projects, subject) {
      await save(subject, activitiesWith(shop, 10, 'x'.repeat(2000)).toReversed());
      const sizes = await measureAll(projects, shop, 4);
      assert.equal(sizes.length, 3);
      for (const [index, count] of [4, 4, 2].entries()) assertSize(sizes[index] ?? 0, count, 2000);
      assert.equal(total(await measureAll(projects, shop, 10)), total(sizes));
      assert.equal(total(await measureAll(projects, shop, 1)), total(sizes));
      assert.deepEqual(await projects.measureActivities({ project: shop, after: undefined, limit: 4 }), {
        bytes: sizes[0],
        next: { createdAt: Timestamp.fromMillis(sampleTime + 1000), id: 'a-3' },
      });
    },
    async 'a walk continues while activities are removed, and the removed ones no longer count afterwards'(
      projects,
      subject,
    ) {
      await save(subject, activitiesWith(shop, 10, 'x'.repeat(2000)));
      const removal = { project: shop, createdBefore: undefined, receivedUpTo: undefined, after: undefined };
      const sizes = await measureAll(projects, shop, 3, () =>
        projects.removeActivities({ ...removal, limit: 3 }),
      );
      assertSize(total(sizes), 10, 2000);
      assertSize(total(await measureAll(projects, shop, 3)), 1, 2000);
    },
    async 'the activities of other projects do not count towards the size of a project'(projects, subject) {
      await save(subject, activitiesWith(shop, 2, 'x'.repeat(2000)));
      await save(subject, activitiesWith(forum, 5, 'x'.repeat(2000)));
      assertSize(total(await measureAll(projects, shop, 100)), 2, 2000);
      assertSize(total(await measureAll(projects, forum, 100)), 5, 2000);
    },
  },
});
