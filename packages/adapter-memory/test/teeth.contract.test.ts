import { hash } from 'node:crypto';
import { ActivityId, type IdGenerator, Timestamp } from '@user-activity/domain';
import {
  activityFeedContract,
  activityRepositoryContract,
  type Contract,
  clockContract,
  deadLetterQueueContract,
  deadLetterRepositoryContract,
  erasureLedgerContract,
  eventConsumerContract,
  eventPublisherContract,
  idGeneratorContract,
  keyRepositoryContract,
  outboxContract,
  secretGeneratorContract,
  settledOffsetsContract,
  projectRepositoryContract,
  type Subject,
  topicRegistryContract,
} from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { brokenAttributions } from './broken-attributions.ts';
import { brokenComparisons } from './broken-comparisons.ts';
import { brokenCounts } from './broken-counts.ts';
import { brokenFeeds } from './broken-feeds.ts';
import { brokenKeyRepositories, brokenSecretGenerators } from './broken-keys.ts';
import { brokenLedgers } from './broken-ledgers.ts';
import { brokenConsumers } from './broken-logs.ts';
import { brokenPublishers } from './broken-publishers.ts';
import type { Broken } from './broken.ts';
import { brokenOutboxes } from './broken-outboxes.ts';
import { brokenLetterRepositories } from './broken-letters.ts';
import { brokenOrigins } from './broken-origins.ts';
import { brokenPages } from './broken-pages.ts';
import { brokenMeasurements } from './broken-measurements.ts';
import { brokenProjectRepositories } from './broken-project-repositories.ts';
import { letterRepositoriesWithoutProjects, repositoriesWithoutProjects } from './broken-projects.ts';
import { brokenQueues } from './broken-queues.ts';
import { brokenRepositories } from './broken-stores.ts';
import { brokenRegistries } from './broken-registries.ts';
import { brokenErasureCounts } from './broken-erasure-counts.ts';
import { brokenErasureMoves } from './broken-erasure-moves.ts';
import { brokenRecordRemovals } from './broken-record-removals.ts';
import { brokenRemovals } from './broken-removals.ts';
import { brokenSettings } from './broken-settings.ts';
import { brokenSettledOffsets } from './broken-settled-offsets.ts';

const nothing = async (): Promise<void> => undefined;
let made = 0;

const brokenClocks: Broken<{ clock: { now(): Timestamp }; close(): Promise<void> }> = [
  [
    'C1',
    'returns seconds instead of milliseconds',
    async () => ({
      clock: { now: () => Timestamp.fromMillis(Math.trunc(Date.now() / 1000)) },
      close: nothing,
    }),
  ],
];

const generator =
  (next: () => string, sha256 = (text: string) => hash('sha256', text, 'base64url')) =>
  async () => {
    made = 0;
    return {
      open: async () => ({ next: () => ActivityId.trusted(next()), sha256 }),
      close: nothing,
    };
  };

const brokenGenerators: Broken<{ open(): Promise<IdGenerator>; close(): Promise<void> }> = [
  ['I1', 'makes ids with spaces', generator(() => `id ${(made += 1)}`)],
  ['I2', 'makes the same ids again after 1,000', generator(() => `id-${(made += 1) % 1000}`)],
  ['I3', 'makes ids that do not sort in the order of their making', generator(() => `id-${(made += 1)}`)],
  ['I4', 'pads digests with `=`', generator(String, (text) => `${hash('sha256', text, 'base64url')}=`)],
];

function describeTeeth<One extends Subject>(
  port: string,
  contract: Contract<One>,
  broken: Broken<One>,
): void {
  describe(`the contract of ${port}`, () => {
    test.each(broken)('%s fails when an adapter %s', async (promise, _, make) => {
      const cases = contract.filter((entry) => entry.promise === promise);
      const failures: unknown[] = [];
      for (const { run } of cases) {
        const subject = await make();
        await run(subject).catch((error: unknown) => failures.push(error));
        await subject.close();
      }
      expect(failures).not.toEqual([]);
    });

    test('every promise has an adapter that breaks it', () => {
      const promises = new Set(contract.map(({ promise }) => promise));
      expect(new Set(broken.map(([promise]) => promise))).toEqual(promises);
    });
  });
}

describeTeeth('ActivityFeed', activityFeedContract, brokenFeeds);
describeTeeth('ActivityRepository', activityRepositoryContract, [
  ...brokenRepositories,
  ...brokenComparisons,
  ...brokenOrigins,
  ...brokenCounts,
  ...brokenPages,
  ...repositoriesWithoutProjects,
]);
describeTeeth('DeadLetterQueue', deadLetterQueueContract, brokenQueues);
describeTeeth('DeadLetterRepository', deadLetterRepositoryContract, [
  ...brokenLetterRepositories,
  ...letterRepositoriesWithoutProjects,
]);
describeTeeth('EventPublisher', eventPublisherContract, brokenPublishers);
describeTeeth('EventConsumer', eventConsumerContract, [...brokenConsumers, ...brokenAttributions]);
describeTeeth('Clock', clockContract, brokenClocks);
describeTeeth('IdGenerator', idGeneratorContract, brokenGenerators);
describeTeeth('SettledOffsets', settledOffsetsContract, brokenSettledOffsets);
describeTeeth('ProjectRepository', projectRepositoryContract, [
  ...brokenProjectRepositories,
  ...brokenMeasurements,
  ...brokenSettings,
]);
describeTeeth('ErasureLedger', erasureLedgerContract, [
  ...brokenLedgers,
  ...brokenRemovals,
  ...brokenRecordRemovals,
  ...brokenErasureCounts,
  ...brokenErasureMoves,
]);
describeTeeth('KeyRepository', keyRepositoryContract, brokenKeyRepositories);
describeTeeth('Outbox', outboxContract, brokenOutboxes);
describeTeeth('SecretGenerator', secretGeneratorContract, brokenSecretGenerators);
describeTeeth('TopicRegistry', topicRegistryContract, brokenRegistries);
