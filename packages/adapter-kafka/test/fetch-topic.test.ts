import { describe, expect, test } from 'vitest';
import { UnreadableBytes } from '@user-activity/record-batch';
import { assertLeaders, fetchTopic, topicRequest } from '../src/fetch-topic.ts';
import type { Broker } from '../src/with-cluster.ts';

const id = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');

/** Returns bytes: numbers are single bytes, and texts are compact strings. */
const bytesOf = (...parts: readonly (number | string | Buffer)[]): Buffer =>
  Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'number') return Buffer.from([part]);
      return typeof part === 'string' ? bytesOf(part.length + 1, Buffer.from(part)) : part;
    }),
  );

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const int16 = (value: number): Buffer => int32(value).subarray(2);

interface Answer {
  readonly topics?: number;
  readonly errorCode?: number;
  readonly name?: string;
  readonly topicId?: Buffer;
}

/** Returns the response of a cluster of two brokers, with a tagged field. */
function answerBytes({ topics = 1, errorCode = 0, name = 'activity', topicId = id }: Answer = {}): Buffer {
  const broker = (nodeId: number, rack: number | string) =>
    bytesOf(int32(nodeId), 'host', int32(9092), rack, 0);
  const taggedFields = bytesOf(1, 7, 2, 0xff, 0xff);
  const partition = bytesOf(
    int16(5),
    int32(0),
    int32(-1),
    int32(7),
    3,
    int32(1),
    int32(2),
    2,
    int32(2),
    1,
    0,
  );
  const topic = bytesOf(int16(errorCode), name, topicId, 0, 2, partition, int32(0), 0);
  return bytesOf(
    taggedFields,
    int32(20),
    3,
    broker(1, 0),
    broker(2, 'rack-b'),
    'cluster',
    int32(1),
    topics + 1,
    topic,
    0,
  );
}

/** Returns a broker that answers each request with these bytes, and the versions that it was asked for. */
function brokerWith(bytes: Buffer, versions: { minVersion: number; maxVersion: number } | undefined) {
  const asked: number[] = [];
  const broker: Broker = {
    versions: versions === undefined ? {} : { 3: versions },
    connectionPool: {
      async send({ request, response }) {
        asked.push(request.apiVersion);
        return response.parse(await response.decode(bytes));
      },
    },
  };
  return { asked, broker };
}

const current = { minVersion: 0, maxVersion: 13 };
const read = (bytes: Buffer) => fetchTopic(brokerWith(bytes, current).broker, 'activity');
const partitions = [{ leader: -1, replicas: [1, 2], isr: [2] }];

describe('the id of a topic', () => {
  test("is returned as Kafka's tools print it, together with the partitions", async () => {
    expect(await read(answerBytes())).toMatchObject({ topicId: 'AAECAwQFBgcICQoLDA0ODw', partitions });
  });

  test('is undefined if it is zero', async () => {
    expect(await read(answerBytes({ topicId: Buffer.alloc(16) }))).toMatchObject({
      topicId: undefined,
      partitions,
    });
  });

  test.each([
    [{ minVersion: 0, maxVersion: 9 }, []],
    [{ minVersion: 0, maxVersion: 10 }, [10]],
    [{ minVersion: 0, maxVersion: 11 }, [11]],
    [{ minVersion: 12, maxVersion: 20 }, [12]],
    [{ minVersion: 13, maxVersion: 20 }, []],
    [undefined, []],
  ])('is asked for in a version that the broker supports: %o', async (versions, expected) => {
    const { asked, broker } = brokerWith(answerBytes(), versions);
    expect((await fetchTopic(broker, 'activity'))?.topicId).toBe(
      expected.length === 0 ? undefined : 'AAECAwQFBgcICQoLDA0ODw',
    );
    expect(asked).toEqual(expected);
  });

  test('is asked for without creating the topic', async () => {
    const encoded = async (version: number) => {
      const { buffer } = (await topicRequest('activity', version).request.encode()) as {
        readonly buffer: Buffer;
      };
      return buffer;
    };
    const start = bytesOf(0, 2, Buffer.alloc(16), 'activity', 0, 0);
    expect(await encoded(10)).toEqual(bytesOf(start, 0, 0, 0));
    expect(await encoded(12)).toEqual(bytesOf(start, 0, 0));
  });
});

test('a topic is refused while one of its partitions has no leader', () => {
  const [partition] = partitions;
  const led = { leader: 2, replicas: [2], isr: [2] };
  expect(() => assertLeaders({ topicId: 'id', partitions: [led] })).not.toThrow();
  expect(() => assertLeaders({ topicId: 'id', partitions: [led, partition ?? led] })).toThrow(
    expect.objectContaining({ type: 'LEADER_NOT_AVAILABLE' }),
  );
});

describe('an answer without an id', () => {
  test("of a broker that does not know the topic rejects with KafkaJS's error", async () => {
    const unknown = answerBytes({ errorCode: 3, topicId: Buffer.alloc(16) });
    await expect(read(unknown)).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
  });

  test.each([
    ['no topic', answerBytes({ topics: 0 })],
    ['two topics', answerBytes({ topics: 2 })],
    ['another topic', answerBytes({ name: 'activitx' })],
    ['2^31 brokers', bytesOf(0, int32(0), Buffer.from('8080808008', 'hex'))],
    ['2^31 tagged fields', Buffer.from('8080808008', 'hex')],
    [
      '2^31 partitions',
      Buffer.concat([
        answerBytes().subarray(0, answerBytes().indexOf(id) + 17),
        Buffer.from('8080808008', 'hex'),
      ]),
    ],
    ['a number without an end', Buffer.alloc(100, 0xff)],
  ])('that names %s is malformed', async (_, bytes) => {
    await expect(read(bytes)).rejects.toThrow(UnreadableBytes);
  });

  test('that is cut off anywhere before the end of the partitions is malformed', async () => {
    const bytes = answerBytes();
    const end = bytes.length - 6;
    for (let length = 0; length < end; length += 1)
      await expect(read(bytes.subarray(0, length))).rejects.toThrow(UnreadableBytes);
    expect(await read(bytes.subarray(0, end))).toBeDefined();
  });
});
