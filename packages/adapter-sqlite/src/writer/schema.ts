import { edgeTopic, letterOverheadBytes } from '@user-activity/domain';

/** Marks the file as ours: "UALG". */
export const applicationId = 0x55_41_4c_47;

/** Rises with every change of the schema. */
export const schemaVersion = 4;

/** What brings a file of version 1 to version 2: the log keeps headers, and dead letters can be listed. */
const second = `
  ALTER TABLE log ADD COLUMN headers TEXT;
  ALTER TABLE dead_letters ADD COLUMN id TEXT AS (topic || ':' || partition || ':' || offset) VIRTUAL;
  CREATE INDEX dead_letters_by_time ON dead_letters (died_at, id);
  CREATE INDEX dead_letters_by_code ON dead_letters (code, died_at, id);
`;

/** What brings a file of version 2 to version 3: dead letters are found by the activity that they were to be. */
const third = `
  ALTER TABLE dead_letters ADD COLUMN activity_id TEXT;
  CREATE INDEX dead_letters_by_activity ON dead_letters (activity_id, died_at) WHERE activity_id IS NOT NULL;
`;

/** What brings a file of version 3 to version 4: how large the letters of the edge are together, and which are the oldest. */
const fourth = `
  ALTER TABLE dead_letters ADD COLUMN size INTEGER AS (
    ${letterOverheadBytes} + coalesce(length(key), 0) + coalesce(length(value), 0) + octet_length(headers) + octet_length(reason)
  ) VIRTUAL;
  CREATE INDEX dead_letters_of_edge ON dead_letters (died_at, size) WHERE topic = '${edgeTopic}';
`;

/** By the version of a file, what brings it to the next. */
export const upgrades: ReadonlyMap<number, string> = new Map([
  [1, second],
  [2, third],
  [3, fourth],
]);

/**
 * The schema. Texts compare bytewise (SQLite's BINARY is the default). The activities are no `WITHOUT ROWID` table:
 * rows are large, and ids that clients choose come in any order, which costs a third of the writes there.
 */
export const schema: string = `
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
  ${second}
  ${third}
  ${fourth}
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;
