import { decidingErasure, type ErasureMode, LogId, Timestamp } from '@user-activity/domain';
import { erasureOf } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergedErasures } from '../src/users/merged-erasures.ts';
import { recordedOf } from './erased-users.ts';

const logs = [LogId.parse('log-1'), LogId.parse('log-2')] as const;
const { requestedAt } = erasureOf();
const open = { isOpen: true };

test('repeated erasures of a user are merged into one, which is open if one of them is', () => {
  const erasures = Array.from({ length: 100 }, (_, offset) => ({
    ...recordedOf(offset, 'erase', { id: `e-${offset}`, second: -offset }),
    isOpen: offset === 7,
  }));
  expect(mergedErasures(erasures)).toEqual([{ ...erasures[99], ...open, requestedAt }]);
});

test('erasures of other modes, partitions and logs in between are kept', () => {
  const [first, second, third] = [1, 2, 3].map((offset) => ({ ...recordedOf(offset, 'erase'), ...open }));
  const anonymised = { ...recordedOf(2, 'anonymise'), ...open };
  expect(mergedErasures([first, anonymised, third].flatMap((each) => each ?? []))).toHaveLength(3);
  for (const place of [{ partition: 1 }, { log: logs[1] }]) {
    const elsewhere = second && { ...second, place: { ...second.place, ...place } };
    expect(mergedErasures([first, elsewhere].flatMap((each) => each ?? []))).toHaveLength(2);
  }
});

test('merged erasures cover the same activities, in the same mode', () => {
  const anyErasure = fc
    .record({
      offset: fc.nat(9),
      second: fc.integer({ min: -3, max: 3 }),
      mode: fc.constantFrom<ErasureMode>('erase', 'anonymise'),
    })
    .map(({ offset, second, mode }) => ({
      ...recordedOf(offset, mode, { id: `e-${offset}`, second }),
      ...open,
    }));
  const anyPlaced = fc.record({
    origin: fc.option(fc.record({ log: fc.constantFrom(...logs), partition: fc.nat(1), offset: fc.nat(9) }), {
      nil: undefined,
    }),
    receivedAt: fc
      .integer({ min: -4, max: 4 })
      .map((second) => Timestamp.fromMillis(requestedAt + second * 1000)),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(anyErasure, { maxLength: 6, selector: ({ place }) => place.offset }),
      anyPlaced,
      (erasures, placed) => {
        expect(decidingErasure(mergedErasures(erasures), placed)?.mode).toBe(
          decidingErasure(erasures, placed)?.mode,
        );
      },
    ),
  );
});
