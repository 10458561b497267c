import { createRequire } from 'node:module';
import { BatchReader, UnreadableBytes } from '@user-activity/record-batch';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { produceRequest } from '../src/produce-request.ts';

const require = createRequire(import.meta.url);
/** KafkaJS's function that makes a request with its length and its header. */
const createRequest = require('kafkajs/src/protocol/request.js') as (options: {
  readonly correlationId: number;
  readonly clientId: string;
  readonly request: object;
}) => Promise<{ readonly buffer: Buffer }>;
const { protocol } = require('kafkajs/src/protocol/requests/produce/index.js') as {
  readonly protocol: (options: { readonly version: number }) => (options: object) => {
    readonly request: object;
    readonly response: { decode(bytes: Buffer): Promise<object> };
  };
};

const record = { key: 'k', value: 'v', headers: { h: 'x' }, timestamp: 1000 };
const requestOf = (apiVersion: number, partitions = [0]) =>
  produceRequest('topic', new Map(partitions.map((partition) => [partition, [record]])), {
    apiVersion,
    timeoutMs: 5000,
  });

test('KafkaJS sends our request as it sends its own, up to the records', async () => {
  for (const apiVersion of [3, 4, 5, 6, 7]) {
    const common = { correlationId: 9, clientId: 'c' };
    const ours = (await createRequest({ ...common, request: requestOf(apiVersion).request })).buffer;
    const { request } = protocol({ version: apiVersion })({
      acks: -1,
      timeout: 5000,
      topicData: [
        { topic: 'topic', partitions: [{ partition: 0, messages: [{ ...record, timestamp: '1000' }] }] },
      ],
    });
    const theirs = (await createRequest({ ...common, request })).buffer;
    expect(ours).toHaveLength(theirs.length);
    const batchStart = ours.length - 61 - 12;
    expect(ours.subarray(0, batchStart).toString('hex')).toBe(theirs.subarray(0, batchStart).toString('hex'));
    // From the first field of the batch that is not about the producer.
    expect(ours.subarray(-16).toString('hex')).toBe(theirs.subarray(-16).toString('hex'));
  }
});

test('a request has a batch for each partition, and requires the acknowledgement of all in-sync replicas', async () => {
  const { withHeader } = (await requestOf(7, [3, 1]).request.encode()) as FramedRequest;
  const framed = withHeader(Buffer.from('header'));
  expect(framed.readInt32BE()).toBe(framed.length - 4);
  expect(framed.toString('latin1', 4, 10)).toBe('header');
  const buffer = framed.subarray(10);
  expect(buffer.subarray(0, 4).toString('hex')).toBe('ffffffff');
  let position = 2 + 2 + 4 + 4 + 2 + 'topic'.length;
  expect(buffer.readInt32BE(position)).toBe(2);
  position += 4;
  for (const partition of [3, 1]) {
    expect(buffer.readInt32BE(position)).toBe(partition);
    const size = buffer.readInt32BE(position + 4);
    const batch = buffer.subarray(position + 8, position + 8 + size);
    const [entry] = await new BatchReader(new Map()).read(batch, {});
    expect(entry?.value).toEqual(Buffer.from('v'));
    position += 8 + size;
  }
  expect(position).toBe(buffer.length);
});

interface FramedRequest {
  withHeader(header: Uint8Array): Buffer;
}

interface Answer {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly errorCode: number }[];
  readonly throttleTime: number;
}

function answerBytes({ topic, partitions, throttleTime }: Answer, apiVersion: number): Buffer {
  const name = Buffer.from(topic);
  const head = Buffer.alloc(6);
  head.writeInt32BE(1, 0);
  head.writeInt16BE(name.length, 4);
  const count = Buffer.alloc(4);
  count.writeInt32BE(partitions.length);
  const encoded = partitions.map(({ partition, errorCode }) => {
    const bytes = Buffer.alloc(apiVersion >= 5 ? 30 : 22);
    bytes.writeInt32BE(partition, 0);
    bytes.writeInt16BE(errorCode, 4);
    return bytes;
  });
  const end = Buffer.alloc(4);
  end.writeInt32BE(throttleTime);
  return Buffer.concat([head, name, count, ...encoded, end]);
}

const anyAnswer = fc.record({
  topic: fc.constant('topic'),
  partitions: fc.array(fc.record({ partition: fc.nat(1000), errorCode: fc.integer({ min: -1, max: 120 }) }), {
    maxLength: 20,
  }),
  throttleTime: fc.nat(10_000),
});

test('a response is read as KafkaJS reads it, and refused if it is cut off or about another topic', async () => {
  await fc.assert(
    fc.asyncProperty(anyAnswer, fc.integer({ min: 3, max: 7 }), fc.nat(), async (answer, apiVersion, cut) => {
      const bytes = answerBytes(answer, apiVersion);
      const { response } = requestOf(apiVersion);
      const { partitions, throttleTime } = answer;
      expect(await response.decode(bytes)).toEqual({
        partitions,
        clientSideThrottleTime: apiVersion >= 6 ? throttleTime : 0,
      });
      const theirs = protocol({ version: apiVersion })({ topicData: [] }).response;
      expect(await theirs.decode(bytes)).toMatchObject({ topics: [{ topicName: 'topic', partitions }] });
      await expect(response.decode(bytes.subarray(0, cut % bytes.length))).rejects.toThrow(UnreadableBytes);
      const other = answerBytes({ ...answer, topic: 'other' }, apiVersion);
      await expect(response.decode(other)).rejects.toThrow(UnreadableBytes);
    }),
    { numRuns: 500 },
  );
});
