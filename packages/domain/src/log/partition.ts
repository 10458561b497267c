const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/**
 * Returns the partition for a key, which is the user's id in UTF-8, on a log with this number of partitions. Hashes with murmur2 as Kafka's
 * Java client does (`org.apache.kafka.common.utils.Utils.murmur2`), so that all producers and adapters agree.
 */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fff_ffff) % partitions;
}

function murmur2(bytes: Uint8Array): number {
  const at = (index: number): number => bytes[index] ?? 0;
  const tail = bytes.length & ~3;
  let hash = seed ^ bytes.length;
  for (let index = 0; index < tail; index += 4) {
    let word = at(index) | (at(index + 1) << 8) | (at(index + 2) << 16) | (at(index + 3) << 24);
    word = Math.imul(word, multiplier);
    word ^= word >>> 24;
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier);
  }
  if (tail < bytes.length) {
    hash ^= at(tail) | (at(tail + 1) << 8) | (at(tail + 2) << 16);
    hash = Math.imul(hash, multiplier);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, multiplier);
  return hash ^ (hash >>> 15);
}
