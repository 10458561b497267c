import { writeTopic } from '@user-activity/test-servers';
import type { Attack } from '../attack.ts';
import { times } from './payloads.ts';

type Headers = Readonly<Record<string, string | string[]>>;

interface Poison {
  readonly value: Buffer | null;
  readonly headers?: Headers;
}

const logged = { ce_type: 'user-activity.logged.v1' };

/** An attack by records that go to the topic past the service. */
const poison = (name: string, about: string, records: () => readonly Poison[], short?: true): Attack => ({
  name,
  about,
  only: 'kafka',
  ...(short ? { short } : {}),
  async send({ place: { kafka } }) {
    if (kafka === undefined) throw new Error('This attack needs Kafka.');
    const messages = records().map(({ value, headers = {} }) => ({
      key: 'u',
      value,
      headers: { ...headers },
    }));
    await writeTopic(kafka.brokers, kafka.topic, messages);
  },
});

const named = (count: number): Headers =>
  Object.fromEntries(times(count, (index) => [`header-${index}`, 'x']));

/** S4: records that anyone with access to the topic can write. */
export const kafkaAttacks: readonly Attack[] = [
  poison('s4-headers', 'a record with 20,000 headers', () => [{ value: null, headers: named(20_000) }], true),
  poison('s4-repeated-header', 'a record with 60,000 headers of one name', () => [
    { value: null, headers: { name: times(60_000, () => 'x') } },
  ]),
  poison('s4-headers-of-many', '50 records with 2,000 headers each', () =>
    times(50, () => ({ value: null, headers: { ...logged, ...named(2000) } })),
  ),
  poison(
    's4-brackets',
    'a record of 900,000 brackets',
    () => [{ value: Buffer.from('['.repeat(900_000)), headers: logged }],
    true,
  ),
  poison('s4-tombstones', '1,000 records without a value', () => times(1000, () => ({ value: null }))),
];
