import {
  type LetterQuestion,
  type LettersWanted,
  readLatestLetterTimes,
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

const byId = `SELECT ${activityColumns} FROM activities WHERE id = ?`;
const position = 'SELECT next_offset FROM groups WHERE name = ?';
const end = "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'log'";
const firstLeft = 'SELECT min(offset) FROM log WHERE offset >= ?';
const records = 'SELECT offset, key, value, headers FROM log WHERE offset >= ? ORDER BY offset LIMIT ?';
const answer = 'SELECT 1 FROM activities LIMIT 1';

/** Asks for records of the log, as many as fit. */
export interface RecordsWanted {
  readonly from: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** The jobs of the threads that answer questions at once. */
export interface ReadJobs {
  page(question: PageQuestion): readonly ActivityRow[];
  activity(id: string): ActivityRow | undefined;
  /** Returns the activities that exist among these ids. */
  activities(ids: readonly string[]): readonly ActivityRow[];
  letters(question: LetterQuestion): readonly ListedRow[];
  wholeLetters(wanted: LettersWanted): readonly LetterRow[];
  /** Returns the time of the latest dead letter of each activity, or null if it has none. */
  latestLetterTimes(ids: readonly string[]): readonly (number | null)[];
  /** Returns the next offset of the group. */
  position(group: string): number;
  /** Returns the offset of the first record that the group has not handled, and the offset of the next record to come. */
  progress(group: string): { readonly committed: number; readonly end: number };
  /** Returns the records from an offset on. The first is returned however large it is. */
  records(wanted: RecordsWanted): readonly LogEntry[];
  /** Fails if the store can't answer. */
  answer(input: null): null;
}

export function readJobs(prepare: Prepare): ReadJobs {
  const positionOf = (group: string): number => Number(prepare(position).all(group)[0]?.[0] ?? 0);
  return {
    page: (question) => readPage(prepare, question),
    activity: (id) => prepare(byId).all(id)[0] as unknown as ActivityRow | undefined,
    activities: (ids) => ids.flatMap((id) => prepare(byId).all(id) as unknown as readonly ActivityRow[]),
    letters: (question) => readLetters(prepare, question),
    wholeLetters: (wanted) => readWholeLetters(prepare, wanted),
    latestLetterTimes: (ids) => readLatestLetterTimes(prepare, ids),
    position: positionOf,
    progress(group) {
      // The log may have been trimmed, so the last offset is kept apart from it.
      const next = Number(prepare(end).all()[0]?.[0] ?? 1);
      return { committed: Number(prepare(firstLeft).all(positionOf(group))[0]?.[0] ?? next), end: next };
    },
    records({ from, maxRecords, maxBytes }) {
      const entries: LogEntry[] = [];
      let bytes = 0;
      for (const row of prepare(records).iterate(from, maxRecords)) {
        const entry = row as unknown as LogEntry;
        bytes += sizeOf(entry[1]) + sizeOf(entry[2]) + sizeOf(entry[3]);
        if (bytes > maxBytes && entries.length > 0) break;
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
