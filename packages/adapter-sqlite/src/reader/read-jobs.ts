import {
  type LetterQuestion,
  type LettersWanted,
  readDeaths,
  readLetters,
  readWholeLetters,
} from '../protocol/letter-jobs.ts';
import { type PageQuestion, readPage } from './page-job.ts';
import {
  type ActivityRow,
  activityColumns,
  type Bytes,
  type LetterRow,
  type ListedRow,
  type LogEntry,
} from '../protocol/rows.ts';
import type { Prepare } from '../protocol/statements.ts';

const one = `SELECT ${activityColumns} FROM activities WHERE id = ?`;
const position = 'SELECT next_offset FROM groups WHERE name = ?';
const end = "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'log'";
const firstLeft = 'SELECT min(offset) FROM log WHERE offset >= ?';
const records = 'SELECT offset, key, value, headers FROM log WHERE offset >= ? ORDER BY offset LIMIT ?';
const answer = 'SELECT 1 FROM activities LIMIT 1';

/** How much one reading of the log may give. */
export interface Portion {
  readonly from: number;
  readonly mostRecords: number;
  readonly mostBytes: number;
}

/** What a reader can do. */
export interface ReadJobs {
  page(question: PageQuestion): readonly ActivityRow[];
  one(id: string): ActivityRow | undefined;
  /** Of these ids the activities that there are. */
  several(ids: readonly string[]): readonly ActivityRow[];
  letters(question: LetterQuestion): readonly ListedRow[];
  wholeLetters(wanted: LettersWanted): readonly LetterRow[];
  /** Of each activity when its last letter died, null where it has none. */
  deaths(ids: readonly string[]): readonly (number | null)[];
  /** Where the group goes on. */
  position(group: string): number;
  /** The offset of the first record that the group is not through with, and the one that the next record will get. */
  progress(group: string): { readonly committed: number; readonly end: number };
  /** The records from an offset on; at least one, if there is any, however large it is. */
  records(portion: Portion): readonly LogEntry[];
  /** Fails when the store can't answer. */
  answer(input: null): null;
}

export function readJobs(prepare: Prepare): ReadJobs {
  const positionOf = (group: string): number => Number(prepare(position).all(group)[0]?.[0] ?? 0);
  return {
    page: (question) => readPage(prepare, question),
    one: (id) => prepare(one).all(id)[0] as unknown as ActivityRow | undefined,
    several: (ids) => ids.flatMap((id) => prepare(one).all(id) as unknown as readonly ActivityRow[]),
    letters: (question) => readLetters(prepare, question),
    wholeLetters: (wanted) => readWholeLetters(prepare, wanted),
    deaths: (ids) => readDeaths(prepare, ids),
    position: positionOf,
    progress(group) {
      // Older records may have left the log: the last offset is remembered apart from them.
      const next = Number(prepare(end).all()[0]?.[0] ?? 1);
      return { committed: Number(prepare(firstLeft).all(positionOf(group))[0]?.[0] ?? next), end: next };
    },
    records({ from, mostRecords, mostBytes }) {
      const entries: LogEntry[] = [];
      let bytes = 0;
      for (const row of prepare(records).iterate(from, mostRecords)) {
        const entry = row as unknown as LogEntry;
        bytes += sizeOf(entry[1]) + sizeOf(entry[2]) + sizeOf(entry[3]);
        if (bytes > mostBytes && entries.length > 0) break;
        entries.push(entry);
      }
      return entries;
    },
    answer() {
      prepare(answer).all();
      return null;
    },
  };
}

const sizeOf = (bytes: Bytes): number => bytes?.length ?? 0;
