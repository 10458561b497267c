import { activityOverheadBytes } from '@user-activity/domain';
import type { Position } from '../protocol/branches.ts';
import type {
  ErasureRow,
  MeasurementInput,
  MeasurementOutput,
  ProjectRow,
  SettingsRow,
} from '../protocol/project-rows.ts';
import type { Prepare } from '../protocol/statements.ts';

/** SQL: the projects in a table whose names sort after a given name. One lookup in the index finds each project. */
const namesIn = (table: string, index: string): string => `SELECT name FROM (
    WITH RECURSIVE step (name) AS (
      SELECT (SELECT project FROM ${table} INDEXED BY ${index} WHERE project > ?1 ORDER BY project LIMIT 1)
      UNION ALL
      SELECT (SELECT project FROM ${table} INDEXED BY ${index} WHERE project > step.name ORDER BY project LIMIT 1)
        FROM step WHERE step.name IS NOT NULL
    )
    SELECT name FROM step WHERE name IS NOT NULL LIMIT ?2)`;

/** SQL: a page of the projects whose names sort after a given name. */
export const projectPageSql = `SELECT name,
    (SELECT retention_days FROM project_settings WHERE project = name),
    (SELECT limits FROM project_settings WHERE project = name),
    EXISTS (SELECT 1 FROM erasures WHERE project = name AND erasing = 1)
  FROM (
    ${namesIn('activities', 'activities_by_time')}
    UNION ${namesIn('dead_letters', 'dead_letters_by_time')}
    UNION SELECT * FROM (SELECT project FROM project_settings WHERE project > ?1 ORDER BY project LIMIT ?2)
    UNION SELECT * FROM (SELECT project FROM erasures INDEXED BY erasures_under_way
      WHERE erasing = 1 AND project > ?1 ORDER BY project LIMIT ?2)
  ) ORDER BY name LIMIT ?2`;

type SizeRow = readonly [createdAt: number, key: string, bytes: number];

const settingsSql = 'SELECT project, retention_days, limits FROM project_settings';
const erasureSql = 'SELECT project, erased_at, erasing FROM erasures WHERE project = ?';
/** SQL: the project erasures that have not ended. */
export const erasingSql = `SELECT project, erased_at, 1 FROM erasures INDEXED BY erasures_under_way
  WHERE erasing = 1 ORDER BY project LIMIT ?`;

/** SQL: the sizes of the oldest activities of a project, in one range of one index. SQLite knows lengths without reading the metadata. */
export const sizesSql = `SELECT created_at, id, ${activityOverheadBytes} + octet_length(project) + octet_length(id) + octet_length(user_id)
    + octet_length(type) + octet_length(metadata)
  FROM activities INDEXED BY activities_by_time
  WHERE project = ? AND (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?`;

/** Returns the queries for projects. */
export const projectJobs = (prepare: Prepare) => ({
  /** Returns at most `maxRows` projects whose names sort after `after`. */
  projectPage: ({ after, maxRows }: { readonly after: string; readonly maxRows: number }) =>
    prepare<ProjectRow>(projectPageSql).all(after, maxRows),
  projectSettings: () => prepare<SettingsRow>(settingsSql).all(),
  erasures: (projects: readonly string[]) =>
    projects.flatMap((project) => prepare<ErasureRow>(erasureSql).all(project)),
  measureActivities({ project, after, limit }: MeasurementInput): MeasurementOutput {
    const [time, key]: Position = after ?? [-Number.MAX_SAFE_INTEGER, ''];
    const rows = prepare<SizeRow>(sizesSql).all(project, time, key, limit);
    const bytes = rows.reduce((sum, [, , size]) => sum + size, 0);
    const last = rows.length < limit ? undefined : rows.at(-1);
    return { bytes, next: last === undefined ? null : [last[0], last[1]] };
  },
  erasing: (limit: number) => prepare<ErasureRow>(erasingSql).all(limit),
});
