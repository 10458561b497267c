import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BatchEnd,
  BatchReader,
  ByteWriter,
  maxBatchBytes,
  maxBatchRecords,
  type NewRecord,
  UnreadableBatch,
  writeRecordBatch,
} from '../src/index.ts';
import { writtenBatch } from './written-batch.ts';

const reader = new BatchReader(new Map());

async function readBack(batch: Buffer) {
  return (await reader.read(batch, {})).map((entry) => {
    if (entry instanceof BatchEnd || entry instanceof UnreadableBatch)
      throw new Error('The batch was not read.');
    const { offset, timestamp, key, value, headers } = entry;
    return { offset: Number(offset), timestamp: Number(timestamp), key, value, headers };
  });
}

const record: NewRecord = { key: null, value: null, headers: {}, timestamp: 0 };

test('a batch has the bytes that Kafka documents', () => {
  const batch = writtenBatch([
    { key: 'k', value: 'vé', headers: { a: 'b', c: ['d', Buffer.from('e')] }, timestamp: 5 },
    { key: null, value: null, headers: {}, timestamp: 3 },
  ]);
  expect(batch.toString('hex')).toBe(
    [
      // The first offset, the length, the epoch of the leader, the format, and the checksum.
      '0000000000000000 0000004f ffffffff 02 072b6562',
      // The attributes, the last offset delta, the first and the largest timestamp.
      '0000 00000001 0000000000000005 0000000000000005',
      // The id, the epoch and the sequence number of the producer, and the number of records.
      'ffffffffffffffff ffff ffffffff 00000002',
      // The first record: its length, attributes, timestamp delta, offset delta, key, value, and 3 headers.
      '2c 00 00 00 026b 0676c3a9 06 0261 0262 0263 0264 0263 0265',
      // The second record, with a timestamp delta of -2.
      '0c 00 03 02 01 01 00',
    ]
      .join('')
      .replaceAll(' ', ''),
  );
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  // These texts may have lone surrogates.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 50 })
    .map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom('', '__proto__', 'constructor', 'toString'),
  fc
    .tuple(
      fc.constantFrom('x', 'é', '€', '😀', '\ud800'),
      fc.constantFrom(21, 31, 32, 33, 63, 64, 2730, 4095, 8191, 9000),
    )
    .map(([text, count]) => text.repeat(count)),
);
const anyBytes = fc.uint8Array({ maxLength: 100 });
const anyPart = fc.oneof(anyText, anyBytes);
const anyRecord: fc.Arbitrary<NewRecord> = fc.record({
  key: fc.option(anyPart),
  value: fc.option(anyPart),
  headers: fc.dictionary(anyText, fc.oneof(anyPart, fc.array(anyPart, { maxLength: 4 })), { maxKeys: 10 }),
  timestamp: fc.oneof(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_001_000 }), fc.nat(2 ** 51)),
});

const bytesOf = (part: string | Uint8Array): Buffer => Buffer.from(part as Uint8Array);

test('any records are equal after writing and reading', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRecord, { minLength: 1, maxLength: 8 }), async (records) => {
      const expected = records.map(({ key, value, headers, timestamp }, offset) => {
        // Two names with different lone surrogates are the same name in UTF-8.
        const groups = new Map<string, Buffer[]>();
        for (const [name, values] of Object.entries(headers)) {
          const sent = bytesOf(name).toString();
          const list = [...(groups.get(sent) ?? []), ...[values].flat().map(bytesOf)];
          if (list.length > 0) groups.set(sent, list);
        }
        return {
          offset,
          timestamp,
          key: key === null ? null : bytesOf(key),
          value: value === null ? null : bytesOf(value),
          headers: Object.fromEntries(groups),
        };
      });
      expect(await readBack(writtenBatch(records))).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('the size of a record is right if it takes more or fewer bytes than were kept free for it', async () => {
  for (const length of [0, 50, 56, 57, 58, 62, 63, 64, 8170, 8180, 8183, 8184, 8190, 8192, 1_100_000]) {
    const value = 'x'.repeat(length);
    const read = await readBack(
      writtenBatch([
        { ...record, value },
        { ...record, value: 'next' },
      ]),
    );
    expect(read.map((each) => String(each.value))).toEqual([value, 'next']);
  }
});

test('a batch can be written after other bytes in the same buffer', async () => {
  const writer = new ByteWriter(3);
  writer.int32(7);
  writeRecordBatch(writer, [{ ...record, value: 'one' }]);
  const second = writer.position;
  writeRecordBatch(writer, [{ ...record, value: 'two' }]);
  expect(String((await readBack(writer.view(second)))[0]?.value)).toBe('two');
  expect(String((await readBack(writer.view(4)))[0]?.value)).toBe('one');
});

test('a batch with no records, too many records, too many bytes or an invalid timestamp is refused', () => {
  expect(() => writtenBatch([])).toThrow(RangeError);
  expect(() => writtenBatch(Array.from({ length: maxBatchRecords + 1 }, () => record))).toThrow(RangeError);
  expect(() => writtenBatch([{ ...record, value: Buffer.alloc(maxBatchBytes) }])).toThrow(RangeError);
  for (const timestamp of [0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => writtenBatch([{ ...record, timestamp }])).toThrow(RangeError);
    expect(() => writtenBatch([record, { ...record, timestamp }])).toThrow(RangeError);
  }
});
