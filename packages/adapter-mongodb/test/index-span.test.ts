import {
  ActivityId,
  ActivityKeyText,
  ActivityQuery,
  ProjectId,
  TimeRange,
  Timestamp,
} from '@user-activity/domain';
import { filterOf, sampleActivity } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { type Document, MaxKey } from 'mongodb';
import { expect, test } from 'vitest';
import { indexSpanOf } from '../src/index-span.ts';

/** Compares keys of the index as MongoDB does: `createdAt` and `_id` descend. */
function isBelow(a: Document, b: Document): boolean {
  const [timeOfA, timeOfB] = [a, b].map(({ createdAt }) => rank(createdAt));
  if (timeOfA !== timeOfB) return Number(timeOfA) > Number(timeOfB);
  const [idOfA, idOfB] = [a, b].map(({ _id }) => (typeof _id === 'string' ? _id : ''));
  return String(idOfA) > String(idOfB);
}

function rank(createdAt: unknown): number {
  if (createdAt instanceof Date) return createdAt.getTime();
  return createdAt instanceof MaxKey ? Infinity : -Infinity;
}

const moments = fc.integer({ min: 0, max: 4 }).map((millis) => Timestamp.fromMillis(millis));
const bound = fc.option(moments, { nil: undefined });
// Few characters, at both ends of the allowed ones, so that ids often share a beginning.
const ids = fc
  .string({ unit: fc.constantFrom('!', '"', '0', 'a', 'b', '}', '~'), minLength: 1, maxLength: 4 })
  .map((id) => ActivityId.parse(id));
const projects = fc.constantFrom('default', 'a', 'z').map((name) => ProjectId.parse(name));
const order = fc.constantFrom('asc' as const, 'desc' as const);
const position = fc.record({ createdAt: moments, id: ids });

test('a span holds exactly the activities in the time range that follow the cursor', () => {
  const samples = fc.array(position, { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(
      samples,
      bound,
      bound,
      projects,
      order,
      fc.option(position, { nil: undefined }),
      (...given) => {
        const [positions, one, two, project, direction, after] = given;
        const [from, to] = one !== undefined && two !== undefined && one > two ? [two, one] : [one, two];
        const createdAt = TimeRange.between(from, to);
        const query = ActivityQuery.of({ filter: filterOf({ project, createdAt }), order: direction, after });
        const span = indexSpanOf(query, { project });
        const follows = (activity: (typeof positions)[number]): boolean => {
          if (after === undefined) return true;
          const difference = activity.createdAt - after.createdAt || (activity.id < after.id ? -1 : 1);
          const isSame = activity.createdAt === after.createdAt && activity.id === after.id;
          return !isSame && (direction === 'asc' ? difference > 0 : difference < 0);
        };
        for (const activity of positions) {
          const key = {
            createdAt: new Date(activity.createdAt),
            _id: ActivityKeyText.of({ project, id: activity.id }),
          };
          const isInSpan = span !== undefined && !isBelow(key, span.min) && isBelow(key, span.max);
          expect(isInSpan).toBe(createdAt.holds(activity.createdAt) && follows(activity));
        }
        // MongoDB refuses a span that ends where it begins.
        expect(span === undefined || isBelow(span.min, span.max)).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});

test('a span begins and ends with the values of the fields before the time', () => {
  const after = sampleActivity();
  const span = indexSpanOf(ActivityQuery.of({ filter: filterOf(), after }), {
    project: 'default',
    userId: 'anna',
  });
  for (const key of [span?.min, span?.max]) {
    expect(key).toMatchObject({ project: 'default', userId: 'anna' });
    expect(Object.keys(key ?? {})).toEqual(['project', 'userId', 'createdAt', '_id']);
  }
});
