import { type Codec, type WrongLz4, writeTopic } from '@user-activity/test-kit';
import type { Attack } from '../attack.ts';
import { times } from './payloads.ts';

type Headers = Record<string, string | string[]>;

interface PoisonRecord {
  readonly value: Buffer | null;
  readonly headers?: Headers;
}

const activityHeaders = { ce_type: 'user-activity.logged.v1' };

interface PoisonOptions extends Pick<Attack, 'isShort'> {
  readonly codec?: Codec | WrongLz4;
}

/** Makes an attack that writes records directly to the topic, each in its own batch. */
const poisonAttack = (
  name: string,
  about: string,
  records: () => readonly PoisonRecord[],
  { codec, ...options }: PoisonOptions = {},
): Attack => ({
  name,
  about,
  onlyOn: 'kafka',
  ...options,
  async send({ location: { kafka } }) {
    if (kafka === undefined) throw new Error('This attack needs Kafka.');
    const messages = records().map((record) => ({ key: 'u', ...record }));
    await writeTopic(kafka.brokers, kafka.topic, messages, codec);
  },
});

// All attacks share this buffer of zeros, to save memory.
const zeros = Buffer.alloc(70_000_000);

const manyHeaders = (count: number): Headers =>
  Object.fromEntries(times(count, (index) => [`header-${index}`, 'x']));

/** S4: records from a hostile program that has permission to write to the topic. */
export const kafkaAttacks: readonly Attack[] = [
  poisonAttack(
    's4-headers',
    'a record with 20,000 headers',
    () => [{ value: null, headers: manyHeaders(20_000) }],
    { isShort: true },
  ),
  poisonAttack('s4-repeated-header', 'a record with 60,000 headers of the same name', () => [
    { value: null, headers: { name: times(60_000, () => 'x') } },
  ]),
  poisonAttack('s4-headers-of-many', '50 records with 2,000 headers each', () =>
    times(50, () => ({ value: null, headers: { ...activityHeaders, ...manyHeaders(2000) } })),
  ),
  poisonAttack(
    's4-brackets',
    'a record of 900,000 brackets',
    () => [{ value: Buffer.from('['.repeat(900_000)), headers: activityHeaders }],
    { isShort: true },
  ),
  poisonAttack('s4-tombstones', '1,000 records without a value', () => times(1000, () => ({ value: null }))),
  ...(['gzip', 'lz4', 'zstd'] as const).map((codec) =>
    poisonAttack(
      `s4-${codec}-bomb`,
      `a record of 70 MB of zeros, compressed with ${codec}`,
      () => [{ value: zeros }],
      { codec },
    ),
  ),
  poisonAttack(
    's4-snappy-bomb',
    'a record of 18 MB of zeros, compressed to 1 MB with snappy',
    () => [{ value: zeros.subarray(0, 18_000_000) }],
    { codec: 'snappy' },
  ),
  poisonAttack(
    's4-large-json',
    'a record of 60 MB of brackets, compressed to 2 KB with zstd',
    () => [{ value: Buffer.alloc(60_000_000, '['), headers: activityHeaders }],
    { codec: 'zstd' },
  ),
  poisonAttack(
    's4-many-bombs',
    '6 records of 70 MB of zeros, compressed with zstd',
    () => times(6, () => ({ value: zeros })),
    {
      codec: 'zstd',
    },
  ),
  poisonAttack(
    's4-wrong-checksums',
    '5 batches of 60 MB in LZ4 frames with a wrong content checksum',
    () => times(5, () => ({ value: zeros.subarray(0, 60_000_000) })),
    { codec: 'wrong lz4' },
  ),
];
