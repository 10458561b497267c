import assert from 'node:assert/strict';
import { slotMs, TimeLines, TimeRange, Timestamp, type TimeUnit, TimeZone } from '@user-activity/domain';
import { repositoryCases } from './repository-subject.ts';
import { sampleActivity, sampleTime } from './samples.ts';
import { at, countsBySlot, slotsOf } from './stats-counts.ts';
import { filterOf } from './walk.ts';

const minuteMs = 60_000;

/** The last and first moments of years, months, weeks and summer time in Berlin. Each with its day and the first day of its week there. */
const moments: readonly (readonly [moment: string, day: string, week: string])[] = [
  ['1969-12-31T22:59:59.999Z', '1969-12-31', '1969-12-29'],
  ['1969-12-31T23:00:00Z', '1970-01-01', '1969-12-29'],
  ['2023-12-31T22:59:59.999Z', '2023-12-31', '2023-12-25'],
  ['2023-12-31T23:00:00Z', '2024-01-01', '2024-01-01'],
  ['2024-02-28T23:00:00Z', '2024-02-29', '2024-02-26'],
  ['2024-02-29T22:59:59.999Z', '2024-02-29', '2024-02-26'],
  ['2024-02-29T23:00:00Z', '2024-03-01', '2024-02-26'],
  ['2024-03-31T00:59:59.999Z', '2024-03-31', '2024-03-25'],
  ['2024-03-31T21:59:59.999Z', '2024-03-31', '2024-03-25'],
  ['2024-03-31T22:00:00Z', '2024-04-01', '2024-04-01'],
  ['2026-10-24T22:00:00Z', '2026-10-25', '2026-10-19'],
  ['2026-10-25T22:59:59.999Z', '2026-10-25', '2026-10-19'],
  ['2026-10-25T23:00:00Z', '2026-10-26', '2026-10-26'],
];

/** The promise R15 about counts by slot: their limit, slots that are far apart, and time zones. */
export const slotLimitCases = repositoryCases({
  R15: {
    async 'countBySlot returns too-many if there are more slots than the limit'(repository) {
      // Two activities in each minute, with alternating users and types.
      await repository.save(
        Array.from({ length: 24 }, (_, index) =>
          sampleActivity({
            userId: `user-${index % 2}`,
            type: index % 4 < 2 ? 'LOGIN' : 'LOGOUT',
            metadata: { even: index % 2 === 0 },
            createdAt: sampleTime + (index * minuteMs) / 2,
          }),
        ),
      );
      const userIds = ['user-0', 'user-1'];
      const types = ['LOGIN', 'LOGOUT'];
      const createdAt = TimeRange.between(at(sampleTime), at(sampleTime + 12 * minuteMs));
      const metadata = [{ path: ['even'], scalars: new Set([true]) }];
      for (const slots of [
        slotsOf(minuteMs, [0, -sampleTime % minuteMs]),
        slotsOf(
          minuteMs,
          [0, -sampleTime % minuteMs],
          [sampleTime + 5 * minuteMs, 3_600_000 - (sampleTime % minuteMs)],
        ),
      ])
        for (const change of [{}, { createdAt }, { userIds, types }, { createdAt, metadata }]) {
          const filter = filterOf(change);
          assert.equal(await repository.countBySlot(filter, slots, 11), 'too-many');
          assert.equal(await repository.countBySlot(filter, slots, 0), 'too-many');
          assert.equal((await countsBySlot(repository, filter, slots, 12)).length, 12);
        }
    },
    async 'slots without activities do not count towards the limit, even over millennia'(repository) {
      const [first, last] = [Date.parse('0000-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];
      const farTimes = [first, Date.parse('0008-11-29T08:00:00Z'), 0, 1, sampleTime, last];
      await repository.save(farTimes.map((createdAt) => sampleActivity({ createdAt })));
      const slots = slotsOf(minuteMs, [first, -2_670_000], [0, 0]);
      const expected = farTimes
        .filter((moment) => moment !== 1)
        .map((moment) => [
          moment < 0 ? 0 : 1,
          Math.floor((moment - (moment < 0 ? 2_670_000 : 0)) / minuteMs),
          moment === 0 ? 2 : 1,
        ]);
      for (const createdAt of [
        TimeRange.between(undefined, undefined),
        TimeRange.between(at(first), undefined),
      ]) {
        assert.deepEqual(await countsBySlot(repository, filterOf({ createdAt }), slots, 5), expected);
        assert.equal(await repository.countBySlot(filterOf({ createdAt }), slots, 4), 'too-many');
      }
      const range = filterOf({ createdAt: TimeRange.between(at(0), at(last)) });
      assert.deepEqual(await countsBySlot(repository, range, slots, 2), expected.slice(2, 4));
    },
    async 'slots add up to days, weeks and months of a time zone, across clock changes and leap days'(
      repository,
    ) {
      await repository.save(moments.map(([createdAt]) => sampleActivity({ createdAt })));
      const zone = TimeZone.parse('Europe/Berlin');
      const [first, last] = [moments[0], moments.at(-1)].map((moment) => Timestamp.parse(moment?.[0]));
      assert.ok(first !== undefined && last !== undefined);
      const keysBy: readonly (readonly [TimeUnit, (index: number) => string | undefined])[] = [
        ['day', (index) => moments[index]?.[1]],
        ['week', (index) => moments[index]?.[2]],
        ['month', (index) => moments[index]?.[1].slice(0, '2026-11'.length)],
      ];
      for (const [unit, keyOf] of keysBy) {
        const slots = { unitMs: slotMs[unit], offsets: TimeZone.offsetsBetween(zone, first, last) };
        const lines = new TimeLines(unit, zone);
        const counts = await repository.countBySlot(filterOf(), slots, lines.maxSlots(20, slots));
        assert.ok(counts !== 'too-many');
        lines.add(slots, counts);
        const expected = new Map<string, number>();
        for (const index of moments.keys()) {
          const key = keyOf(index) ?? '';
          expected.set(key, (expected.get(key) ?? 0) + 1);
        }
        assert.deepEqual(
          lines.inOrder(),
          [...expected].map(([key, count]) => ({ key, count })),
        );
      }
    },
  },
});
