import type { LetterSweep, SweepLimits } from '@user-activity/domain';
import { type LetterRemoval, removeLetters } from '../protocol/letter-jobs.ts';
import {
  type ActivityRow,
  activityColumns,
  letterColumns,
  type LetterRow,
  type LogRow,
} from '../protocol/rows.ts';
import type { Prepare } from '../protocol/statements.ts';
import { sweep } from './sweep-job.ts';

// Limits how long a commit takes. The next commits trim the rest.
const maxTrimmed = 5000;

const append = 'INSERT INTO log (key, value, headers) VALUES (?, ?, ?)';
const insert = `INSERT INTO activities (${activityColumns}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`;
const select = `SELECT ${activityColumns} FROM activities WHERE id = ?`;
const insertLetter = `INSERT OR REPLACE INTO dead_letters (${letterColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const join = `INSERT INTO groups (name, next_offset) VALUES (?, (SELECT coalesce(min(offset), 0) FROM log))
  ON CONFLICT (name) DO NOTHING`;
const commit = 'UPDATE groups SET next_offset = max(next_offset, ?) WHERE name = ?';
const trim = `DELETE FROM log
  WHERE offset < min((SELECT min(next_offset) FROM groups), (SELECT max(offset) FROM log) + 1 - ?)
    AND offset < (SELECT min(offset) FROM log) + ${maxTrimmed}`;
const beat = 'UPDATE heartbeat SET beats = beats + 1';

/** The jobs of the writing thread. Each is done as a whole or not at all. */
export interface WriteJobs {
  append(rows: readonly LogRow[]): null;
  /** Returns null for each activity that was inserted, else the stored activity with its id. */
  save(rows: readonly ActivityRow[]): readonly (ActivityRow | null)[];
  addLetters(letters: readonly LetterRow[]): null;
  /** Removes the dead letters that did not die again. */
  removeLetters(removals: readonly LetterRemoval[]): null;
  /** Removes the dead letters that are due. */
  sweep(limits: SweepLimits): LetterSweep;
  /** Registers the group. A new group begins at the oldest record. */
  join(group: string): null;
  /** Notes that the group has handled everything before `next`. Deletes some records that no group needs any more. */
  commit(progress: { readonly group: string; readonly next: number }): null;
  /** Fails if a record could not be appended. */
  probe(input: null): null;
}

export function writeJobs(prepare: Prepare, retainedRecords: number): WriteJobs {
  return {
    append(rows) {
      const statement = prepare(append);
      for (const row of rows) statement.run(...row);
      return null;
    },
    save(rows) {
      const [inserting, selecting] = [prepare(insert), prepare(select)];
      return rows.map((row) => {
        if (inserting.run(...row) === 1) return null;
        return selecting.all(row[0])[0] as unknown as ActivityRow;
      });
    },
    addLetters(letters) {
      const statement = prepare(insertLetter);
      for (const letter of letters) statement.run(...letter);
      return null;
    },
    removeLetters: (removals) => removeLetters(prepare, removals),
    sweep: (limits) => sweep(prepare, limits),
    join(group) {
      prepare(join).run(group);
      return null;
    },
    commit({ group, next }) {
      prepare(commit).run(next, group);
      prepare(trim).run(retainedRecords);
      return null;
    },
    probe() {
      // A record that needs new pages shows whether the disk is full. The beat makes the commit reach the disk.
      prepare('SAVEPOINT probe').run();
      prepare(append).run(null, new Uint8Array(8192), null);
      prepare('ROLLBACK TO probe').run();
      prepare('RELEASE probe').run();
      prepare(beat).run();
      return null;
    },
  };
}
