import { DatabaseSync } from 'node:sqlite';
import { TimeRange, Timestamp } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { spanOf } from '../src/protocol/branches.ts';
import { groupsSql, oneGroup } from '../src/reader/groups.ts';
import { latestLetterSql, letterPageSql, letterSizeSql, letterSql } from '../src/reader/letter-jobs.ts';
import { erasingSql, projectPageSql, sizesSql } from '../src/reader/project-jobs.ts';
import { oldestActivitiesSql, oldestLettersSql } from '../src/writer/project-jobs.ts';
import { edgeBytesSql, oldestOfEdgeSql, oldestOfLogSql } from '../src/writer/sweep-job.ts';
import { defineRowMatches } from '../src/protocol/row-conditions.ts';
import { erasuresOfUserSql, hasErasureSql, openErasuresSql } from '../src/reader/user-erasure-queries.ts';
import { lettersOfUserSql, oldestOfUserSql } from '../src/writer/user-erasure-jobs.ts';
import { feedEndSql, feedSql } from '../src/reader/feed-job.ts';
import { branchSql } from '../src/reader/page-job.ts';
import { activitySql } from '../src/reader/read-jobs.ts';
import { settledSql } from '../src/reader/settled-queries.ts';
import { settleSql } from '../src/writer/settled-jobs.ts';
import { portionEndSql } from '../src/reader/portions.ts';
import { schema } from '../src/writer/schema.ts';
import { searchSql } from '../src/reader/search-jobs.ts';
import { branchesOf } from '../src/protocol/shapes.ts';
import { slotExpression } from '../src/reader/slots.ts';
import { countUpToSql } from '../src/reader/span-counter.ts';
import { nextKeySql } from '../src/reader/stats-jobs.ts';

const planOf = (sql: string): string => {
  const db = new DatabaseSync(':memory:');
  db.exec(schema);
  defineRowMatches(db);
  const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
  db.close();
  return steps.map(({ detail }) => String(detail)).join('; ');
};

/** The last steps in the plan of a query for whole activities, which read the id of each log by its key. */
const readsLog = '; CORRELATED SCALAR SUBQUERY 1; SEARCH logs USING INTEGER PRIMARY KEY (rowid=?)';

const [user, users, type, types] = [['u'], ['u', 'v'], ['t'], ['t', 's']];
const nobody: readonly string[] = [];

/** Each case is one shape of a filter. */
describe.each([
  [nobody, nobody, 'activities_by_time', 'project=? AND '],
  [user, nobody, 'activities_by_user', 'project=? AND user_id=? AND '],
  [users, nobody, 'activities_by_user', 'project=? AND user_id=? AND '],
  [nobody, type, 'activities_by_type', 'project=? AND type=? AND '],
  [nobody, types, 'activities_by_type', 'project=? AND type=? AND '],
  [user, type, 'activities_by_user_and_type', 'project=? AND user_id=? AND type=? AND '],
  [users, types, 'activities_by_user_and_type', 'project=? AND user_id=? AND type=? AND '],
])('a filter with users %j and types %j', (userIds, wanted, index, equal) => {
  const { shape, branches } = branchesOf({ project: 'p', userIds, types: wanted });
  const range = `(${equal}(created_at,id)>(?,?) AND (created_at,id)<(?,?))`;

  test('has one branch for each pair of a user and a type, with the values of both', () => {
    const pairs = Math.max(userIds.length, 1) * Math.max(wanted.length, 1);
    expect(branches).toHaveLength(pairs);
    expect(new Set(branches.map(String)).size).toBe(pairs);
    for (const values of branches) expect(values).toHaveLength(equal.split('?').length - 1);
    for (const [first] of branches) expect(first).toBe('p');
  });

  test.each(['asc', 'desc'] as const)(
    'makes a page, %s, of one range of one index, without sorting',
    (order) => {
      expect(planOf(branchSql(shape, order))).toBe(
        `SEARCH activities USING INDEX ${index} ${range}${readsLog}`,
      );
    },
  );

  test.each(['asc', 'desc'] as const)(
    'makes a portion with metadata, %s, of one range of one index, without sorting, and finds its end without reading rows',
    (order) => {
      expect(planOf(searchSql(shape, order))).toBe(
        `SEARCH activities USING INDEX ${index} ${range}${readsLog}`,
      );
      expect(planOf(portionEndSql(shape, order))).toBe(
        `SEARCH activities USING COVERING INDEX ${index} ${range}`,
      );
    },
  );

  test('reads rows for a count only if there is a metadata filter', () => {
    const inIndex = planOf(countUpToSql(shape));
    expect(inIndex).toContain(`SEARCH activities USING COVERING INDEX ${index} ${range}`);
    expect(inIndex).not.toContain('TEMP B-TREE');
    expect(planOf(groupsSql(shape, oneGroup, true))).toBe(`SEARCH activities USING INDEX ${index} ${range}`);
  });

  test('reads rows for a count by slot only if there is a metadata filter', () => {
    const inIndex = planOf(groupsSql(shape, { expression: slotExpression }, false));
    expect(inIndex).toContain(`SEARCH activities USING COVERING INDEX ${index} ${range}`);
    const tested = planOf(groupsSql(shape, { expression: slotExpression }, true));
    expect(tested).toContain(`SEARCH activities USING INDEX ${index} ${range}`);
  });

  test.each(['user_id', 'type'])('reads only the rows of the portion for a count by %s', (expression) => {
    for (const tested of [false, true])
      expect(planOf(groupsSql(shape, { expression }, tested))).toMatch(`INDEX ${index} ${range}`);
  });
});

test.each([
  ['userId', false, 'activities_by_user (project=? AND user_id>?)'],
  ['type', false, 'activities_by_type (project=? AND type>?)'],
  ['type', true, 'activities_by_user_and_type (project=? AND user_id=? AND type>?)'],
] as const)(
  'the query for the next %s (of one user: %s) reads the next key of an index',
  (field, ofOneUser, index) => {
    expect(planOf(nextKeySql(field, ofOneUser))).toBe(`SEARCH activities USING COVERING INDEX ${index}`);
  },
);

const [from, to] = [Timestamp.fromMillis(10), Timestamp.fromMillis(20)];
const max = Number.MAX_SAFE_INTEGER;

test.each([
  ['no time limit', undefined, undefined, [-max, ''], [max, '']],
  ['from', from, undefined, [10, ''], [max, '']],
  ['to', undefined, to, [-max, ''], [20, '']],
  ['from and to', from, to, [10, ''], [20, '']],
] as const)('a span with %s is bounded by time and by the position', (_name, first, last, above, below) => {
  const within = TimeRange.between(first, last);
  const after = [15, 'x'] as const;
  for (const order of ['asc', 'desc'] as const)
    expect(spanOf(within, undefined, order, 5)).toEqual({ above, below, order, maxRows: 6 });
  expect(spanOf(within, after, 'asc', 5)).toMatchObject({ above: after, below });
  expect(spanOf(within, after, 'desc', 5)).toMatchObject({ above, below: after });
});

test.each([
  [false, `dead_letters_by_time (project=? AND (died_at,id)>(?,?) AND (died_at,id)<(?,?))`],
  [true, `dead_letters_by_code (project=? AND code=? AND (died_at,id)>(?,?) AND (died_at,id)<(?,?))`],
] as const)('a page of dead letters (of one code: %s) is one range of one index', (ofOneCode, index) => {
  for (const order of ['asc', 'desc'] as const) {
    const sql = letterPageSql(ofOneCode, order);
    expect(planOf(sql)).toBe(`SEARCH dead_letters USING INDEX ${index}`);
  }
});

test('the query for the latest dead letter of an activity reads one range of one index', () => {
  expect(planOf(latestLetterSql)).toBe(
    'SEARCH dead_letters USING COVERING INDEX dead_letters_by_activity (project=? AND activity_id=?)',
  );
});

test('whole dead letters and activities are read by their primary keys', () => {
  for (const sql of [letterSizeSql, letterSql])
    expect(planOf(sql)).toBe(
      'SEARCH dead_letters USING INDEX sqlite_autoindex_dead_letters_1 (topic=? AND partition=? AND offset=?)',
    );
  expect(planOf(activitySql)).toBe(
    `SEARCH activities USING INDEX sqlite_autoindex_activities_1 (id=?)${readsLog}`,
  );
});

test('the activities of a partition are found by their offsets in one range of one index', () => {
  const sql =
    'SELECT id FROM activities WHERE project = ? AND log_key = ? AND partition = ? AND offset > ? ORDER BY offset';
  expect(planOf(sql)).toBe(
    'SEARCH activities USING INDEX activities_by_origin (project=? AND log_key=? AND partition=? AND offset>?)',
  );
});

test('a portion of the feed is one range of one index, without sorting, and its end is found without reading rows', () => {
  const range = 'activities_by_origin (project=? AND log_key=? AND partition=? AND offset>? AND offset<?)';
  const key = 'SEARCH logs USING COVERING INDEX sqlite_autoindex_logs_1 (id=?)';
  expect(planOf(feedEndSql)).toBe(
    `SEARCH activities USING COVERING INDEX ${range}; SCALAR SUBQUERY 1; ${key}`,
  );
  // SQLite builds the lists of users and types once.
  const list = (index: number) =>
    `LIST SUBQUERY ${index}; SCAN json_each VIRTUAL TABLE INDEX 1:; CREATE BLOOM FILTER`;
  const lists = `${list(3)}; ${list(4)}`;
  for (const hasConditions of [false, true]) {
    expect(planOf(feedSql(hasConditions))).toBe(
      `SEARCH activities USING INDEX ${range}; SCALAR SUBQUERY 2; ${key}; ${lists}${readsLog}`,
    );
  }
});

test('the settled offsets of a log are one range of a table', () => {
  const log = 'SCALAR SUBQUERY 1; SEARCH logs USING COVERING INDEX sqlite_autoindex_logs_1 (id=?)';
  expect(planOf(settledSql)).toBe(`SEARCH settled_offsets USING PRIMARY KEY (log_key=?); ${log}`);
  expect(planOf(settleSql)).toBe(
    `SEARCH settled_offsets USING PRIMARY KEY (log_key=? AND partition=?); ${log}`,
  );
});

test('every index begins with the project, except those of primary keys and of sweeps', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(schema);
  const rows = db
    .prepare(
      `SELECT list.name, info.name AS first FROM sqlite_schema AS tables, pragma_index_list(tables.name) AS list,
        pragma_index_info(list.name) AS info
      WHERE tables.name IN ('activities', 'dead_letters') AND list.origin = 'c' AND info.seqno = 0`,
    )
    .all();
  db.close();
  const sweeps = ['dead_letters_of_edge', 'dead_letters_of_log'];
  const ofQueries = rows.filter(({ name }) => !sweeps.includes(String(name)));
  expect(ofQueries).toHaveLength(9);
  for (const { first } of ofQueries) expect(first).toBe('project');
});

test('a sweep finds dead letters of all projects in indexes', () => {
  // SQLite reads generated columns from the index too, but its plan does not call the index covering.
  const ofEdge = 'SCAN dead_letters USING INDEX dead_letters_of_edge';
  expect(planOf(edgeBytesSql)).toBe(ofEdge);
  expect(planOf(oldestOfEdgeSql)).toBe(ofEdge);
  expect(planOf(oldestOfLogSql)).toBe('SEARCH dead_letters USING INDEX dead_letters_of_log (died_at<?)');
});

test('a page of projects steps over an index from project to project', () => {
  const plan = planOf(projectPageSql);
  for (const table of ['activities', 'dead_letters'])
    expect(plan).toMatch(
      new RegExp(`SEARCH ${table} USING COVERING INDEX ${table}_by_time \\(project>\\?\\)`),
    );
  expect(plan).not.toMatch(/SCAN (?:activities|dead_letters|project_settings|erasures)/);
  // A partial index: it holds nothing but the erasures that have not ended.
  expect(planOf(erasingSql)).toBe('SCAN erasures USING COVERING INDEX erasures_under_way');
});

test('a measurement reads one range of one index', () =>
  expect(planOf(sizesSql)).toBe(
    'SEARCH activities USING INDEX activities_by_time (project=? AND (created_at,id)>(?,?))',
  ));

test('removals find activities and dead letters in one range of one index', () => {
  expect(planOf(oldestActivitiesSql)).toBe(
    'SEARCH activities USING INDEX activities_by_time (project=? AND (created_at,id)>(?,?) AND created_at<?)',
  );
  expect(planOf(oldestLettersSql)).toBe(
    'SEARCH dead_letters USING COVERING INDEX dead_letters_by_time (project=? AND died_at<?)',
  );
});

test('the erasure of a user finds activities and dead letters in one range of one index, without sorting', () => {
  expect(planOf(oldestOfUserSql)).toBe(
    'SEARCH activities USING COVERING INDEX activities_by_user (project=? AND user_id=? AND (created_at,id)>(?,?))',
  );
  expect(planOf(lettersOfUserSql)).toBe(
    'SEARCH dead_letters USING INDEX dead_letters_by_key (project=? AND key=?)',
  );
});

test('erasures of users are found in one index each, without sorting', () => {
  expect(planOf(erasuresOfUserSql)).toBe('SEARCH user_erasures USING INDEX user_erasures_by_user (user=?)');
  expect(planOf(hasErasureSql)).toBe(
    'SEARCH user_erasures USING COVERING INDEX user_erasures_by_user (user>?)',
  );
  // A partial index: it holds nothing but the erasures that are not done.
  expect(planOf(openErasuresSql)).toBe(
    'SEARCH user_erasures USING INDEX user_erasures_open ((requested_at,id)>(?,?))',
  );
});
