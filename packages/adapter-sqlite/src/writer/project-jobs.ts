import {
  maxErasedAt,
  maxProjectSettings,
  ProjectSettings,
  type SettingsChange,
  Timestamp,
} from '@user-activity/domain';
import type { Position } from '../protocol/branches.ts';
import {
  type ErasedRow,
  type RemovalInput,
  type RemovalOutput,
  settingsFromColumns,
} from '../protocol/project-rows.ts';
import type { Prepare } from '../protocol/statements.ts';

const settingsSql = 'SELECT retention_days, limits FROM project_settings WHERE project = ?';
const countSettingsSql = 'SELECT count(*) FROM project_settings';
const putSettingsSql =
  'INSERT OR REPLACE INTO project_settings (project, retention_days, limits) VALUES (?, ?, ?)';
const removeSettingsSql = 'DELETE FROM project_settings WHERE project = ?';

// If the stored time is later than `maxErasedAt`, it comes from a wrong clock, and is replaced.
const eraseSql = `INSERT INTO erasures (project, erased_at, erasing) VALUES (?1, ?2, 1)
  ON CONFLICT (project) DO UPDATE SET erasing = 1,
    erased_at = iif(erased_at > ?3 OR erased_at < ?2, ?2, erased_at)
  RETURNING erased_at`;
const endErasureSql = 'UPDATE erasures SET erasing = 0 WHERE project = ? AND erased_at = ?';

/** SQL: the oldest activities of a project, in one range of one index. */
export const oldestActivitiesSql = `SELECT rowid, created_at, id, received_at FROM activities INDEXED BY activities_by_time
  WHERE project = ? AND created_at < ? AND (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?`;
const removeActivitySql = 'DELETE FROM activities WHERE rowid = ?';

/** SQL: the oldest dead letters of a project, in one range of one index. */
export const oldestLettersSql = `SELECT rowid FROM dead_letters INDEXED BY dead_letters_by_time
  WHERE project = ? AND died_at <= ? ORDER BY died_at LIMIT ?`;
const removeLetterSql = 'DELETE FROM dead_letters WHERE rowid = ?';

const removeErasedActivitySql = 'DELETE FROM activities WHERE id = ? AND received_at <= ?';
const removeErasedLetterSql =
  'DELETE FROM dead_letters WHERE project = ? AND topic = ? AND partition = ? AND offset = ?';

type OldRow = readonly [rowId: number, createdAt: number, key: string, receivedAt: number];

/** Returns the jobs of the writing thread for projects. Each job is atomic. */
export const projectJobs = (prepare: Prepare) => ({
  /** Changes the settings of a project. Returns the new settings, or 'too-many' if too many other projects have settings. */
  changeSettings([project, change]: readonly [project: string, change: SettingsChange]):
    | ProjectSettings
    | 'too-many' {
    const [row] = prepare<readonly [number | null, string]>(settingsSql).all(project);
    const before = row === undefined ? ProjectSettings.none : settingsFromColumns(...row);
    const settings = ProjectSettings.changed(before, change);
    if (ProjectSettings.isNone(settings)) prepare(removeSettingsSql).run(project);
    else if (row === undefined && Number(prepare(countSettingsSql).all()[0]?.[0]) >= maxProjectSettings)
      return 'too-many';
    else
      prepare(putSettingsSql).run(project, settings.retentionDays ?? null, JSON.stringify(settings.limits));
    return settings;
  },
  /** Marks a project as erased and removes its settings. Returns the time of the erasure. */
  beginErasure([project, now]: readonly [project: string, now: number]): number {
    prepare(removeSettingsSql).run(project);
    const rows = prepare<readonly [number]>(eraseSql).all(project, now, maxErasedAt(Timestamp.trusted(now)));
    return Number(rows[0]?.[0]);
  },
  endErasure([project, erasedAt]: readonly [project: string, erasedAt: number]) {
    prepare(endErasureSql).run(project, erasedAt);
  },
  removeActivities({ project, createdBefore, receivedUpTo, after, limit }: RemovalInput): RemovalOutput {
    const [time, key]: Position = after ?? [-Number.MAX_SAFE_INTEGER, ''];
    const before = createdBefore ?? Number.MAX_SAFE_INTEGER;
    const rows = prepare<OldRow>(oldestActivitiesSql).all(project, before, time, key, limit);
    const due = rows.filter((row) => row[3] <= (receivedUpTo ?? Number.MAX_SAFE_INTEGER));
    for (const [rowId] of due) prepare(removeActivitySql).run(rowId);
    const last = rows.length < limit ? undefined : rows.at(-1);
    return { removed: due.length, next: last === undefined ? null : [last[1], last[2]] };
  },
  removeProjectLetters([project, diedUpTo, limit]: readonly [string, number, number]): number {
    const due = prepare<readonly [number]>(oldestLettersSql).all(project, diedUpTo, limit);
    for (const [rowId] of due) prepare(removeLetterSql).run(rowId);
    return due.length;
  },
  removeErased(rows: readonly ErasedRow[]) {
    for (const { project, key, erasedAt, letter } of rows) {
      prepare(removeErasedActivitySql).run(key, erasedAt);
      prepare(removeErasedLetterSql).run(project, ...letter);
    }
  },
});
