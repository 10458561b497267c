import { edgeTopic, letterOverheadBytes, ProjectId } from '@user-activity/domain';
import { addUserErasures } from './user-erasure-schema.ts';
import { addProjectSettings, addProjectTables } from './project-schema.ts';

/** The id in the header of the file: "UALG" in ASCII. */
export const applicationId = 0x55_41_4c_47;

/** The SQL that migrates a file by one version. The first entry migrates version 1 to version 2. */
export const migrations: readonly string[] = [
  // Adds headers to the log, and the ids by which dead letters are listed.
  `ALTER TABLE log ADD COLUMN headers TEXT;
  ALTER TABLE dead_letters ADD COLUMN id TEXT AS (topic || ':' || partition || ':' || offset) VIRTUAL;
  CREATE INDEX dead_letters_by_time ON dead_letters (died_at, id);
  CREATE INDEX dead_letters_by_code ON dead_letters (code, died_at, id);`,
  // Adds the id of the activity to dead letters, and an index on it.
  `ALTER TABLE dead_letters ADD COLUMN activity_id TEXT;
  CREATE INDEX dead_letters_by_activity ON dead_letters (activity_id, died_at) WHERE activity_id IS NOT NULL;`,
  // Adds an index that gives the total size and the oldest of the dead letters of the edge (of refused requests).
  `ALTER TABLE dead_letters ADD COLUMN size INTEGER AS (
    ${letterOverheadBytes} + coalesce(length(key), 0) + coalesce(length(value), 0) + octet_length(headers) + octet_length(reason)
  ) VIRTUAL;
  CREATE INDEX dead_letters_of_edge ON dead_letters (died_at, size) WHERE topic = '${edgeTopic}';`,
  // Adds projects. The indexes for queries begin with the project. The two indexes for sweeps hold all projects. The old indexes
  // are dropped first, so that the new ones reuse their pages.
  `DROP INDEX activities_by_time; DROP INDEX activities_by_user; DROP INDEX activities_by_type;
  DROP INDEX activities_by_user_and_type;
  DROP INDEX dead_letters_by_time; DROP INDEX dead_letters_by_code; DROP INDEX dead_letters_by_activity;
  ALTER TABLE activities ADD COLUMN project TEXT NOT NULL DEFAULT '${ProjectId.default}';
  ALTER TABLE dead_letters ADD COLUMN project TEXT NOT NULL DEFAULT '${ProjectId.default}';
  CREATE INDEX activities_by_time ON activities (project, created_at, id);
  CREATE INDEX activities_by_user ON activities (project, user_id, created_at, id);
  CREATE INDEX activities_by_type ON activities (project, type, created_at, id);
  CREATE INDEX activities_by_user_and_type ON activities (project, user_id, type, created_at, id);
  CREATE INDEX dead_letters_by_time ON dead_letters (project, died_at, id);
  CREATE INDEX dead_letters_by_code ON dead_letters (project, code, died_at, id);
  CREATE INDEX dead_letters_by_activity ON dead_letters (project, activity_id, died_at) WHERE activity_id IS NOT NULL;
  CREATE INDEX dead_letters_of_log ON dead_letters (died_at) WHERE topic <> '${edgeTopic}';`,
  // Adds origins and settled offsets. A row refers to its log by a small key, because an id would take 37 bytes in each row and each
  // index entry. An operator may remove rows of `topics` by hand, but not of `logs`: origins need the ids.
  `CREATE TABLE logs (
    key INTEGER PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE TABLE topics (
    name TEXT NOT NULL,
    topic_id TEXT,
    partitions INTEGER NOT NULL,
    log_key INTEGER NOT NULL,
    UNIQUE (name, topic_id)
  ) STRICT;
  CREATE TABLE settled_offsets (
    log_key INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    PRIMARY KEY (log_key, partition)
  ) STRICT, WITHOUT ROWID;
  ALTER TABLE activities ADD COLUMN log_key INTEGER;
  ALTER TABLE activities ADD COLUMN partition INTEGER;
  ALTER TABLE activities ADD COLUMN offset INTEGER;
  CREATE INDEX activities_by_origin ON activities (project, log_key, partition, offset) WHERE log_key IS NOT NULL;`,
  addProjectTables,
  // Adds API keys.
  `CREATE TABLE api_keys (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    project TEXT NOT NULL,
    scopes TEXT NOT NULL,
    secrets TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    revision INTEGER NOT NULL
  ) STRICT;`,
  // Adds the origins and limits of API keys, and the limits of projects.
  `ALTER TABLE api_keys ADD COLUMN origins TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE api_keys ADD COLUMN limits TEXT NOT NULL DEFAULT '{}';
  ${addProjectSettings}`,
  // Adds the outbox of audit events. An entry without a due time is ready.
  `CREATE TABLE outbox (
    id TEXT PRIMARY KEY NOT NULL,
    activity TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    due_at INTEGER
  ) STRICT;
  CREATE INDEX outbox_by_time ON outbox (received_at, id) WHERE due_at IS NULL;
  CREATE INDEX outbox_pending ON outbox (due_at) WHERE due_at IS NOT NULL;`,
  addUserErasures,
];

export const schemaVersion = migrations.length + 1;

/**
 * The SQL for a new file: the tables of version 1 and all migrations. The `id` of an activity is its `ActivityKeyText`. The table of
 * activities keeps its row ids, because its rows are large and clients choose ids in any order. `WITHOUT ROWID` made writes a third slower.
 */
export const schema = `
  CREATE TABLE log (
    offset INTEGER PRIMARY KEY AUTOINCREMENT,
    key ANY CHECK (typeof(key) IN ('text', 'blob', 'null')),
    value ANY CHECK (typeof(value) IN ('text', 'blob', 'null'))
  ) STRICT;
  CREATE TABLE groups (
    name TEXT PRIMARY KEY NOT NULL,
    next_offset INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE heartbeat (beats INTEGER NOT NULL) STRICT;
  INSERT INTO heartbeat VALUES (0);
  CREATE TABLE activities (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL,
    type TEXT NOT NULL,
    metadata TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX activities_by_time ON activities (created_at, id);
  CREATE INDEX activities_by_user ON activities (user_id, created_at, id);
  CREATE INDEX activities_by_type ON activities (type, created_at, id);
  CREATE INDEX activities_by_user_and_type ON activities (user_id, type, created_at, id);
  CREATE TABLE dead_letters (
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    key BLOB,
    value BLOB,
    headers TEXT NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    died_at INTEGER NOT NULL,
    PRIMARY KEY (topic, partition, offset)
  ) STRICT;
  ${migrations.join('\n')}
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;
