import { batchOf } from '@user-activity/test-kit';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BatchEntry, BatchReader, BatchRecord, UnreadableBatch } from '../src/index.ts';
import { writtenBatch } from './written-batch.ts';

// The checksum has four bytes from this position on, and covers all bytes after them.
const checksumStart = 17;

const batch = writtenBatch(
  Array.from({ length: 5 }, (_, index) => ({
    key: `user-${index}`,
    value: `{"text":"${'é'.repeat(index * 20)}"}`,
    headers: { ce_type: 'logged', twice: ['one', 'two'] },
    timestamp: 1_700_000_000_000 + index,
  })),
);

/** Returns a copy of a batch in which bytes are changed, inserted or cut off. */
const anyDamage = fc.array(
  fc.record({ kind: fc.constantFrom('set', 'flip', 'insert', 'cut'), place: fc.nat(), byte: fc.nat(255) }),
  { minLength: 1, maxLength: 4 },
);

function damaged(bytes: Buffer, damage: typeof anyDamage extends fc.Arbitrary<infer Value> ? Value : never) {
  let changed = Buffer.from(bytes);
  for (const { kind, place, byte } of damage) {
    const at = place % Math.max(1, changed.length);
    if (kind === 'cut') changed = changed.subarray(0, at);
    else if (kind === 'insert')
      changed = Buffer.concat([changed.subarray(0, at), Buffer.from([byte]), changed.subarray(at)]);
    else if (changed.length > 0) changed[at] = kind === 'set' ? byte : (changed[at] ?? 0) ^ (1 << (byte & 7));
  }
  return changed;
}

/** Reads the bytes four times. Returns the entries of each reading, or 'end unknown' if a damaged batch hides its last offset. */
async function readings(bytes: Buffer): Promise<readonly (readonly BatchEntry[] | 'end unknown')[]> {
  const reader = new BatchReader(new Map());
  const all: (readonly BatchEntry[] | 'end unknown')[] = [];
  for (let reading = 1; reading <= 4; reading += 1)
    all.push(
      await reader.read(bytes, {}).catch((error: unknown) => {
        if (!String(error).includes('is damaged, and its last offset is unknown')) throw error;
        return 'end unknown' as const;
      }),
    );
  return all;
}

test('damage in the bytes that the checksum covers never gives a wrong record', async () => {
  await fc.assert(
    fc.asyncProperty(anyDamage, async (damage) => {
      const covered = damaged(batch.subarray(checksumStart), damage);
      const bytes = Buffer.concat([batch.subarray(0, checksumStart), covered]);
      bytes.writeInt32BE(bytes.length - 12, 8);
      fc.pre(!bytes.equals(batch));
      const [first, second, third, fourth] = await readings(bytes);
      expect([first, second, third]).toEqual([[], [], []]);
      const outcomes = fourth === 'end unknown' ? [fourth] : fourth?.map(({ constructor }) => constructor);
      expect([['end unknown'], [UnreadableBatch]]).toContainEqual(outcomes);
    }),
    { numRuns: 2000 },
  );
});

test('any damage anywhere gives records, an unreadable batch, no entries, or the error of an unknown last offset', async () => {
  await fc.assert(
    fc.asyncProperty(anyDamage, async (damage) => {
      const bytes = damaged(Buffer.concat([batch, batch]), damage);
      for (const entries of await readings(bytes))
        for (const { key, value, headers, timestamp } of entries === 'end unknown' ? [] : entries) {
          // No key, value or header may have bytes from outside its batch.
          expect((key?.length ?? 0) + (value?.length ?? 0)).toBeLessThanOrEqual(bytes.length);
          expect(Object.keys(headers).length).toBeLessThan(bytes.length);
          expect(timestamp).toMatch(/^-?\d/);
        }
    }),
    { numRuns: 2000 },
  );
});

const withWrongChecksum = (firstOffset: number): Buffer => {
  const bytes = batchOf([{ value: Buffer.from('v') }], { firstOffset });
  bytes.writeUInt32BE((bytes.readUInt32BE(checksumStart) ^ 1) >>> 0, checksumStart);
  return bytes;
};

test('reading stops before a damaged batch three times, and then after it, because its length may be wrong', async () => {
  const reader = new BatchReader(new Map());
  const batches = [batchOf([{}]), withWrongChecksum(1), batchOf([{}], { firstOffset: 2 })];
  const offsets = async (): Promise<string[]> =>
    (await reader.read(Buffer.concat(batches), {})).map(({ offset }) => offset);
  expect(await offsets()).toEqual(['0']);
  expect(await offsets()).toEqual(['0']);
  expect(await offsets()).toEqual(['0']);
  expect(await offsets()).toEqual(['0', '1']);
});

test('reading stops before a batch of an unknown format three times, and then continues after it', async () => {
  const reader = new BatchReader(new Map());
  const unknown = batchOf([{}, {}], { firstOffset: 1 });
  unknown[16] = 7;
  const batches = [batchOf([{}]), unknown, batchOf([{}], { firstOffset: 3 })];
  const offsets = async (): Promise<string[]> =>
    (await reader.read(Buffer.concat(batches), {})).map(({ offset }) => offset);
  for (let reading = 1; reading <= 3; reading += 1) expect(await offsets()).toEqual(['0']);
  expect(await offsets()).toEqual(['0', '1', '3']);
});

test('a batch that was damaged in transit is read once it arrives undamaged, and its count starts again', async () => {
  const reader = new BatchReader(new Map());
  const whole = batchOf([{ value: Buffer.from('v') }]);
  const broken = Buffer.from(whole);
  broken[whole.length - 2] = 0xff;
  for (let round = 1; round <= 3; round += 1) {
    for (let reading = 1; reading <= 3; reading += 1) expect(await reader.read(broken, {})).toEqual([]);
    expect(await reader.read(whole, {})).toEqual([expect.any(BatchRecord)]);
  }
});

test('readings are counted for at most 1,000 damaged batches, those that were read last', async () => {
  const reader = new BatchReader(new Map());
  const oldest = withWrongChecksum(0);
  for (let reading = 1; reading <= 3; reading += 1) expect(await reader.read(oldest, {})).toEqual([]);
  for (let offset = 1; offset <= 1000; offset += 1)
    expect(await reader.read(withWrongChecksum(offset), {})).toEqual([]);
  // Its count was dropped, so it is read three more times.
  for (let reading = 1; reading <= 3; reading += 1) expect(await reader.read(oldest, {})).toEqual([]);
  expect(await reader.read(oldest, {})).toEqual([expect.any(UnreadableBatch)]);
});
