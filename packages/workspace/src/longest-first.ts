import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The test files that take 20 s or more on two processors, most of it waiting. The longest is first. */
export const longFiles: readonly string[] = [
  'packages/adapter-mongodb/test/mongo-adapters.contract.test.ts',
  'packages/system-tests/test/documentation/fuzz.e2e.test.ts',
  'packages/system-tests/test/delivery/drains.e2e.test.ts',
  'packages/system-tests/test/outcomes/retention.e2e.test.ts',
  'packages/dashboard/test/hostile-values.e2e.test.ts',
  'packages/system-tests/test/delivery/outages.e2e.test.ts',
  'packages/system-tests/test/operation/starts.e2e.test.ts',
  'packages/adapter-sqlite/test/sqlite-adapters.contract.test.ts',
  'packages/adapter-kafka/test/kafka-adapters.contract.test.ts',
  'packages/system-tests/test/clients/generated-clients.e2e.test.ts',
  'packages/system-tests/test/clients/sdks.e2e.test.ts',
  'packages/system-tests/test/clients/client-in-browser.e2e.test.ts',
  'packages/system-tests/test/clients/client-package.e2e.test.ts',
  'packages/system-tests/test/clients/client-outage.e2e.test.ts',
  'apps/consumer/test/frozen-consumers.int.test.ts',
  'packages/adapter-sqlite/test/long-queries.int.test.ts',
  'packages/adapter-kafka/test/faults.int.test.ts',
  'packages/system-tests/test/delivery/restores.e2e.test.ts',
  'packages/system-tests/test/delivery/deployment.e2e.test.ts',
  'packages/system-tests/test/documentation/clients-page.e2e.test.ts',
  'packages/system-tests/test/outcomes/access.e2e.test.ts',
  'packages/system-tests/test/operation/kafka-acls.e2e.test.ts',
  'packages/system-tests/test/operation/mongodb-roles.e2e.test.ts',
  'packages/system-tests/test/operation/backups.e2e.test.ts',
  'packages/system-tests/test/documentation/docs-page.e2e.test.ts',
  'packages/system-tests/test/operation/installed-program.e2e.test.ts',
  'packages/workspace/test/packed-program.e2e.test.ts',
  'packages/dashboard/test/user.e2e.test.ts',
  'packages/dashboard/test/live.e2e.test.ts',
  'packages/dashboard/test/explore.e2e.test.ts',
  'packages/dashboard/test/access.e2e.test.ts',
  'packages/adapter-http/test/bodies.int.test.ts',
  'packages/adapter-mongodb/test/lagging-secondaries.int.test.ts',
  'docs/examples/alerts/test/alerts.e2e.test.ts',
  'packages/adapter-mongodb/test/stats-plan.int.test.ts',
  'packages/system-tests/test/operation/metrics.e2e.test.ts',
  'packages/system-tests/test/outcomes/outcomes.e2e.test.ts',
];

/**
 * Starts the long files first, so that short files run beside them, and no long file runs alone at the end. Keeps the other files of a
 * project together, because they share modules.
 */
export class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = longFiles.findIndex((file) => moduleId.endsWith(file));
      return index < 0 ? longFiles.length : index;
    };
    const sorted = files.toSorted(
      (left, right) => rank(left) - rank(right) || left.project.name.localeCompare(right.project.name),
    );
    return Promise.resolve(sorted);
  }
}
