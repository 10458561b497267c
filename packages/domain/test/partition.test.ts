import { expect, test } from 'vitest';
import { partitionOf } from '../src/index.ts';

// From Kafka's own test, org.apache.kafka.common.utils.UtilsTest.testMurmur2.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])("%s has Java's murmur2", (key, hash) => {
  const modulus = 2 ** 31;
  expect(partitionOf(new TextEncoder().encode(key), modulus)).toBe(hash & 0x7fff_ffff);
  expect(partitionOf(new TextEncoder().encode(key), 12)).toBe((hash & 0x7fff_ffff) % 12);
});
