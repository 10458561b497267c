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

// A commit gives its caller no long wait, however much there is to be trimmed: the next ones go on.
const mostTrimmed = 5000;

const append = 'INSERT INTO log (key, value, headers) VALUES (?, ?, ?)';
const insert = `INSERT INTO activities (${activityColumns}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`;
const select = `SELECT ${activityColumns} FROM activities WHERE id = ?`;
const bury = `INSERT OR REPLACE INTO dead_letters (${letterColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const join = `INSERT INTO groups (name, next_offset) VALUES (?, (SELECT coalesce(min(offset), 0) FROM log))
  ON CONFLICT (name) DO NOTHING`;
const commit = 'UPDATE groups SET next_offset = max(next_offset, ?) WHERE name = ?';
const trim = `DELETE FROM log
  WHERE offset < min((SELECT min(next_offset) FROM groups), (SELECT max(offset) FROM log) + 1 - ?)
    AND offset < (SELECT min(offset) FROM log) + ${mostTrimmed}`;
const beat = 'UPDATE heartbeat SET beats = beats + 1';

/** What the writer can do. Every job is all or nothing. */
export interface WriteJobs {
  append(rows: readonly LogRow[]): null;
  /** Per activity null when it was inserted, else the one that holds its id. */
  save(rows: readonly ActivityRow[]): readonly (ActivityRow | null)[];
  bury(letters: readonly LetterRow[]): null;
  /** Takes away those letters that did not die again. */
  exhume(removals: readonly LetterRemoval[]): null;
  /** Removes the letters that are due. */
  sweep(limits: SweepLimits): LetterSweep;
  /** Makes the group known; a new one begins at the oldest record. */
  join(group: string): null;
  /** The group is through with everything before `next`; what no group needs any more leaves the log, bit by bit. */
  commit(progress: { readonly group: string; readonly next: number }): null;
  /** Fails when a record could not be taken. */
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
    bury(letters) {
      const statement = prepare(bury);
      for (const letter of letters) statement.run(...letter);
      return null;
    },
    exhume: (removals) => removeLetters(prepare, removals),
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
      // A record that needs new pages shows a full file; the beat, which stays, makes the commit reach the disk.
      prepare('SAVEPOINT probe').run();
      prepare(append).run(null, new Uint8Array(8192), null);
      prepare('ROLLBACK TO probe').run();
      prepare('RELEASE probe').run();
      prepare(beat).run();
      return null;
    },
  };
}
