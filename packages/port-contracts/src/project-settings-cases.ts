import assert from 'node:assert/strict';
import {
  type Erasure,
  maxErasedAt,
  maxProjectSettings,
  type Project,
  ProjectId,
  ProjectSettings,
  RetentionDays,
  type Timestamp,
} from '@user-activity/domain';
import { at, letterOf } from './letters.ts';
import { forum, projectCases, save, shop, walkProjects } from './project-repository-subject.ts';
import { sampleActivity } from './samples.ts';

const days = (count: number): RetentionDays => RetentionDays.parse(count);
const retentionOnly = (count: number): ProjectSettings => ({ retentionDays: days(count), limits: {} });
const projectWith = (id: ProjectId, change: Partial<Project> = {}): Project => ({
  id,
  ...ProjectSettings.none,
  erasing: false,
  ...change,
});
const sorted = (erasures: readonly Erasure[]) =>
  erasures.toSorted((left, right) => (left.project < right.project ? -1 : 1));

/** The promises about the list of projects and their settings. */
export const projectSettingsCases = projectCases({
  J1: {
    async 'a project is listed if it has settings, an erasure, activities or dead letters'(
      projects,
      subject,
    ) {
      assert.deepEqual(await walkProjects(projects, 10), [[]]);
      const ids = [
        'with-activities',
        'with-letters',
        'with-retention',
        'with-limits',
        'in-erasure',
        'erased',
      ];
      const [active, dead, kept, limited, erasing, erased] = ids.map((id) => ProjectId.parse(id)) as [
        ProjectId,
        ProjectId,
        ProjectId,
        ProjectId,
        ProjectId,
        ProjectId,
      ];
      await save(subject, [sampleActivity(), sampleActivity({ project: active })]);
      await save(subject, [sampleActivity({ project: active }), sampleActivity({ project: kept })]);
      await (await subject.queue()).add([
        letterOf(1, { project: dead }),
        letterOf(2, { project: ProjectId.system }),
      ]);
      await projects.changeSettings(kept, { retentionDays: days(7) });
      await projects.changeSettings(limited, { limits: { storedBytes: 5 } });
      await projects.beginErasure(erasing, at(0));
      await projects.endErasure(await projects.beginErasure(erased, at(0)));
      assert.deepEqual(
        (await walkProjects(projects, 10)).flat(),
        [
          projectWith(ProjectId.system),
          projectWith(ProjectId.default),
          projectWith(erasing, { erasing: true }),
          projectWith(active),
          projectWith(dead),
          projectWith(kept, { retentionDays: days(7) }),
          projectWith(limited, { limits: { storedBytes: 5 } }),
        ].toSorted((left, right) => (left.id < right.id ? -1 : 1)),
      );
    },
  },
  J2: {
    async 'a walk returns every project once, sorted bytewise, whatever is saved meanwhile'(
      projects,
      subject,
    ) {
      const ids = ['0', '9-', 'a', 'a-', 'a-1', 'a0', 'aa', 'b', 'default', 'z'.repeat(64)];
      for (const [index, id] of ids.toReversed().entries()) {
        const project = ProjectId.parse(id);
        if (index % 3 === 0) await projects.changeSettings(project, { retentionDays: days(1) });
        else if (index % 3 === 1) await save(subject, [sampleActivity({ project })]);
        else await (await subject.queue()).add([letterOf(index, { project })]);
      }
      for (const limit of [1, 3, 5, 10, 11]) {
        const pages = await walkProjects(projects, limit, () =>
          save(subject, [sampleActivity({ project: ProjectId.parse('0') })]),
        );
        assert.deepEqual(
          pages.flat().map(({ id }) => id),
          ids,
        );
        assert.equal(pages.length, Math.ceil(ids.length / limit));
      }
    },
  },
  J3: {
    async 'a new handle returns the latest retention, until it is removed'(projects, subject) {
      for (const count of [30, 7, 36_500]) {
        assert.deepEqual(
          await projects.changeSettings(shop, { retentionDays: days(count) }),
          retentionOnly(count),
        );
        assert.deepEqual(await projects.changeSettings(forum, { retentionDays: days(1) }), retentionOnly(1));
        assert.deepEqual(
          (await (await subject.open()).findSettings()).toSorted((left) => (left.project === forum ? -1 : 1)),
          [
            { project: forum, ...retentionOnly(1) },
            { project: shop, ...retentionOnly(count) },
          ],
        );
      }
      assert.deepEqual(await projects.changeSettings(shop, { retentionDays: null }), ProjectSettings.none);
      assert.deepEqual(await projects.changeSettings(shop, { retentionDays: null }), ProjectSettings.none);
      assert.deepEqual(await (await subject.open()).findSettings(), [
        { project: forum, ...retentionOnly(1) },
      ]);
    },
    async 'a change keeps the settings that it does not name'(projects, subject) {
      const limits = { itemsPerSecond: 5, storedBytes: Number.MAX_SAFE_INTEGER };
      assert.deepEqual(await projects.changeSettings(shop, { limits }), { ...ProjectSettings.none, limits });
      const both = { retentionDays: days(7), limits };
      assert.deepEqual(await projects.changeSettings(shop, { retentionDays: days(7) }), both);
      assert.deepEqual(await (await subject.open()).findSettings(), [{ project: shop, ...both }]);
      assert.deepEqual(await walkProjects(projects, 10), [[projectWith(shop, both)]]);
      const replaced = { bytesPerSecond: 1 };
      assert.deepEqual(await projects.changeSettings(shop, { limits: replaced }), {
        ...both,
        limits: replaced,
      });
      assert.deepEqual(await projects.changeSettings(shop, { limits: {} }), retentionOnly(7));
      assert.deepEqual(await projects.changeSettings(shop, { limits, retentionDays: null }), {
        ...ProjectSettings.none,
        limits,
      });
      assert.deepEqual(await projects.changeSettings(shop, { limits: {} }), ProjectSettings.none);
      assert.deepEqual(await projects.findSettings(), []);
    },
    async 'concurrent changes of different settings of a project are all kept'(projects, subject) {
      await projects.changeSettings(shop, { limits: { itemsPerSecond: 1 } });
      for (let round = 2; round < 7; round += 1) {
        const limits = { itemsPerSecond: round };
        const [first, second] = await Promise.all([subject.open(), subject.open()]);
        await Promise.all([
          first.changeSettings(shop, { retentionDays: days(round) }),
          second.changeSettings(shop, { limits }),
        ]);
        assert.deepEqual(await projects.findSettings(), [
          { project: shop, retentionDays: days(round), limits },
        ]);
      }
    },
  },
  J4: {
    async 'at the maximum, settings of another project are refused, and existing settings can be changed'(
      projects,
    ) {
      const ids = Array.from({ length: maxProjectSettings }, (_, index) => ProjectId.parse(`p-${index}`));
      for (let from = 0; from < ids.length; from += 50)
        await Promise.all(
          ids.slice(from, from + 50).map((id) => projects.changeSettings(id, { retentionDays: days(1) })),
        );
      assert.equal(await projects.changeSettings(shop, { retentionDays: days(1) }), 'too-many');
      assert.equal((await projects.findSettings()).length, maxProjectSettings);
      assert.deepEqual(
        await projects.changeSettings(ProjectId.parse('p-7'), { retentionDays: days(2) }),
        retentionOnly(2),
      );
      await projects.beginErasure(shop, at(0));
      assert.deepEqual(
        await projects.changeSettings(ProjectId.parse('p-9'), { retentionDays: null }),
        ProjectSettings.none,
      );
      assert.deepEqual(await projects.changeSettings(shop, { retentionDays: days(3) }), retentionOnly(3));
      const retentions = new Map(
        (await projects.findSettings()).map((each) => [each.project, each.retentionDays]),
      );
      assert.deepEqual([retentions.get(ProjectId.parse('p-7')), retentions.get(shop)], [2, 3]);
      assert.equal(retentions.size, maxProjectSettings);
    },
  },
  J5: {
    async 'beginErasure removes the settings, and findErasures returns the erasure, even after its end'(
      projects,
      subject,
    ) {
      await projects.changeSettings(shop, { retentionDays: days(7), limits: { itemsPerSecond: 5 } });
      const erasure = { project: shop, erasedAt: at(5) };
      assert.deepEqual(await projects.beginErasure(shop, at(5)), erasure);
      const second = await subject.open();
      assert.deepEqual(await second.findErasures([forum, shop, shop]), [{ ...erasure, erasing: true }]);
      assert.deepEqual(await second.findSettings(), []);
      await projects.endErasure(erasure);
      assert.deepEqual(await second.findErasures([shop]), [{ ...erasure, erasing: false }]);
      assert.deepEqual(await second.findErasures([]), []);
    },
    async 'the later of two erasure times is kept, unless it is too far in the future'(projects) {
      const erasedAfter = async (now: Timestamp) => (await projects.beginErasure(shop, now)).erasedAt;
      assert.equal(await erasedAfter(at(10)), at(10));
      assert.equal(await erasedAfter(at(9)), at(10));
      assert.equal(await erasedAfter(maxErasedAt(at(11))), maxErasedAt(at(11)));
      assert.equal(await erasedAfter(at(11)), maxErasedAt(at(11)));
      assert.equal(await erasedAfter(at(10)), at(10));
    },
    async 'concurrent erasures of a project keep the latest time'(projects, subject) {
      for (let round = 0; round < 5; round += 1) {
        const handles = await Promise.all(Array.from({ length: 8 }, () => subject.open()));
        await Promise.all(
          handles.map((handle, index) => handle.beginErasure(shop, at(round * 10 + 7 - index))),
        );
        assert.deepEqual(await projects.findErasures([shop]), [
          { project: shop, erasedAt: at(round * 10 + 7), erasing: true },
        ]);
      }
    },
  },
  J6: {
    async 'findErasing returns an erasure until it ends, and returns the next one of the project too'(
      projects,
      subject,
    ) {
      const first = await projects.beginErasure(shop, at(1));
      const other = await projects.beginErasure(forum, at(1));
      assert.deepEqual(sorted(await (await subject.open()).findErasing(10)), [other, first]);
      assert.equal((await projects.findErasing(1)).length, 1);
      await projects.endErasure(other);
      assert.deepEqual(await projects.findErasing(10), [first]);
      await projects.endErasure(first);
      await projects.endErasure(first);
      assert.deepEqual(await projects.findErasing(10), []);
      const again = await projects.beginErasure(shop, at(2));
      assert.deepEqual(await projects.findErasing(10), [again]);
    },
    async 'ending an earlier erasure does not end a later one'(projects) {
      const first = await projects.beginErasure(shop, at(1));
      const second = await projects.beginErasure(shop, at(2));
      await projects.endErasure(first);
      assert.deepEqual(await projects.findErasing(10), [second]);
    },
  },
  J11: {
    async 'exactly one of many concurrent claims succeeds, and holds until it is released or expires'(
      first,
      subject,
    ) {
      const claimAt = (millis: number) => ({ from: at(millis), until: at(millis + 1000) });
      const handles = await Promise.all(Array.from({ length: 8 }, () => subject.open()));
      const outcomes = await Promise.all(handles.map((handle, index) => handle.claimSweep(claimAt(index))));
      assert.equal(outcomes.filter((outcome) => outcome === 'claimed').length, 1);
      assert.equal(await first.claimSweep(claimAt(900)), 'taken');
      await first.releaseSweep(claimAt(900));
      assert.equal(await first.claimSweep(claimAt(901)), 'taken');
      // The claim expires without a release, as if its process had crashed.
      assert.equal(await first.claimSweep(claimAt(2000)), 'claimed');
      await first.releaseSweep(claimAt(2000));
      assert.equal(await first.claimSweep(claimAt(2001)), 'claimed');
    },
    async 'a claim to sweep does not block a claim to replay dead letters'(projects, subject) {
      const claim = { from: at(0), until: at(1000) };
      assert.equal(await projects.claimSweep(claim), 'claimed');
      assert.equal(await (await subject.letters()).claimReplay(claim), 'claimed');
    },
  },
});
