import { type PageQuestion, readPage } from './page-job.ts';
import { type ActivityRow, activityColumns, type Bytes, type LogEntry } from './rows.ts';
import type { Prepare } from './statements.ts';

const one = `SELECT ${activityColumns} FROM activities WHERE id = ?`;
const position = 'SELECT next_offset FROM groups WHERE name = ?';
const records = 'SELECT offset, key, value FROM log WHERE offset >= ? ORDER BY offset LIMIT ?';
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
  /** Where the group goes on. */
  position(group: string): number;
  /** The records from an offset on; at least one, if there is any, however large it is. */
  records(portion: Portion): readonly LogEntry[];
  /** Fails when the store can't answer. */
  answer(input: null): null;
}

export function readJobs(prepare: Prepare): ReadJobs {
  return {
    page: (question) => readPage(prepare, question),
    one: (id) => prepare(one).all(id)[0] as unknown as ActivityRow | undefined,
    position: (group) => Number(prepare(position).all(group)[0]?.[0] ?? 0),
    records({ from, mostRecords, mostBytes }) {
      const entries: LogEntry[] = [];
      let bytes = 0;
      for (const row of prepare(records).iterate(from, mostRecords)) {
        const entry = row as unknown as LogEntry;
        bytes += sizeOf(entry[1]) + sizeOf(entry[2]);
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
