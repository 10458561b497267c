import { partitionOf } from '@user-activity/domain';
import * as fc from 'fast-check';
import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';

test('a user has the partition that other Kafka clients choose for the same key', () => {
  const partitioner = kafkajs.Partitioners.DefaultPartitioner();
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.integer({ min: 1, max: 100 }),
      (key, count) => {
        const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
          partitionErrorCode: 0,
          partitionId,
          leader: 1,
          replicas: [1],
          isr: [1],
        }));
        const bytes = Buffer.from(key);
        const theirs = partitioner({ topic: 't', partitionMetadata, message: { key: bytes, value: null } });
        expect(partitionOf(bytes, count)).toBe(theirs);
      },
    ),
  );
});
