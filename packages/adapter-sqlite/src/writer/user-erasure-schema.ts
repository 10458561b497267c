/** The SQL that adds a table of erasures of users. The row of an erasure stays after its end, but has the user id only until then. */
export const addUserErasures = `CREATE TABLE user_erasures (
    id TEXT PRIMARY KEY NOT NULL,
    project TEXT NOT NULL,
    erased INTEGER NOT NULL,
    user TEXT,
    user_id TEXT,
    mode TEXT,
    requested_at INTEGER,
    log TEXT,
    partition INTEGER,
    offset INTEGER,
    topic TEXT
  ) STRICT;
  CREATE INDEX user_erasures_by_user ON user_erasures (user) WHERE user IS NOT NULL;
  CREATE INDEX user_erasures_open ON user_erasures (requested_at, id) WHERE user_id IS NOT NULL;
  CREATE INDEX dead_letters_by_key ON dead_letters (project, key) WHERE key IS NOT NULL;`;
