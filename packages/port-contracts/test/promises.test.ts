import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  activityRepositoryContract,
  clockContract,
  type ContractCase,
  deadLetterQueueContract,
  deadLetterRepositoryContract,
  eventConsumerContract,
  eventPublisherContract,
  idGeneratorContract,
  outboxContract,
  projectRepositoryContract,
  topicRegistryContract,
} from '../src/index.ts';

const ports = join(import.meta.dirname, '..', '..', 'domain', 'src', 'ports');

const contracts: Readonly<Record<string, readonly Pick<ContractCase<never>, 'promise' | 'title'>[]>> = {
  'activity-repository': activityRepositoryContract,
  'event-publisher': eventPublisherContract,
  'event-consumer': eventConsumerContract,
  'dead-letter-queue': deadLetterQueueContract,
  'dead-letter-repository': deadLetterRepositoryContract,
  clock: clockContract,
  'id-generator': idGeneratorContract,
  outbox: outboxContract,
  'project-repository': projectRepositoryContract,
  'topic-registry': topicRegistryContract,
};

test.each(Object.entries(contracts))(
  'every promise of %s has a case, and every case has a promise',
  (port, contract) => {
    const comment = readFileSync(join(ports, `${port}.ts`), 'utf8');
    const promised = [...comment.matchAll(/^ \* {1,2}([A-Z]\d+) +\w+ {1,}/gm)].map((match) => match[1] ?? '');
    expect(promised.length).toBeGreaterThan(0);
    expect([...new Set(contract.map(({ promise }) => promise))].toSorted()).toEqual(promised.toSorted());
  },
);

test.each(Object.entries(contracts))('no two cases of %s have the same title', (_, contract) => {
  expect(new Set(contract.map(({ title }) => title)).size).toBe(contract.length);
});
