/** The SQL that adds two tables: retention times of projects, and erasures of projects. The row of an erasure stays after its end. */
export const addProjectTables = `CREATE TABLE retentions (
    project TEXT PRIMARY KEY NOT NULL,
    days INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE erasures (
    project TEXT PRIMARY KEY NOT NULL,
    erased_at INTEGER NOT NULL,
    erasing INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX erasures_under_way ON erasures (project, erased_at) WHERE erasing = 1;`;

/** The SQL that replaces the table of retention times with a table of all settings. A project without settings has no row. */
export const addProjectSettings = `CREATE TABLE project_settings (
    project TEXT PRIMARY KEY NOT NULL,
    retention_days INTEGER,
    limits TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO project_settings SELECT project, days, '{}' FROM retentions;
  DROP TABLE retentions;`;
