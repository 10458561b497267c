import { Timestamp } from '@user-activity/domain';
import type { Contract } from './contract.ts';
import { activitySizeCases } from './activity-size-cases.ts';
import { projectCases, type ProjectRepositorySubject, shop } from './project-repository-subject.ts';
import { projectSettingsCases } from './project-settings-cases.ts';
import { assertEachRejects } from './rejections.ts';
import { removalCases } from './removal-cases.ts';

const outageCases = projectCases({
  J13: {
    async 'every method rejects while the store is unreachable, and works again afterwards'(
      projects,
      subject,
    ) {
      const now = Timestamp.trusted(1000);
      const [erasure, claim] = [
        { project: shop, erasedAt: now },
        { from: now, until: Timestamp.trusted(2000) },
      ];
      const everyCall = [
        () => projects.find({ after: undefined, limit: 10 }),
        () => projects.findSettings(),
        () => projects.changeSettings(shop, { retentionDays: null }),
        () => projects.beginErasure(shop, now),
        () => projects.findErasures([shop]),
        () => projects.findErasing(10),
        () => projects.endErasure(erasure),
        () =>
          projects.removeActivities({
            project: shop,
            createdBefore: now,
            receivedUpTo: undefined,
            after: undefined,
            limit: 10,
          }),
        () => projects.measureActivities({ project: shop, after: undefined, limit: 10 }),
        () => projects.removeLetters(shop, now, 10),
      ];
      const restore = await subject.interrupt();
      await assertEachRejects(everyCall, 'STORE_UNAVAILABLE', 'STORE_TIMEOUT');
      await restore();
      for (const call of everyCall) await call();
      for (const work of [() => projects.claimSweep(claim), () => projects.releaseSweep(claim)]) await work();
    },
  },
});

/** The promises of every `ProjectRepository`, by the numbers in its doc comment. */
export const projectRepositoryContract: Contract<ProjectRepositorySubject> = [
  ...projectSettingsCases,
  ...removalCases,
  ...activitySizeCases,
  ...outageCases,
];
