import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Job, ThreadSetup } from '../protocol/messages.ts';
import type { Reader } from './portions.ts';
import { addRowMatches } from '../protocol/row-conditions.ts';
import { searchJobs } from './search-jobs.ts';
import { statementCache } from '../protocol/statements.ts';
import { Turns } from '../protocol/turns.ts';

/** Runs the thread for questions that may take long, on a connection that only reads. The last message is null: it ends the thread. */
function main(): void {
  const { file, busyTimeoutMs } = workerData as ThreadSetup;
  let db: DatabaseSync | undefined;
  let opened: Reader | undefined;
  const reader = (): Reader => {
    // Opened with the first step, as the writer makes the file while this thread starts.
    db ??= new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs });
    opened ??= { prepare: statementCache(db), setConditions: addRowMatches(db) };
    return opened;
  };
  const turns = new Turns({
    ...searchJobs({
      prepare: (sql) => reader().prepare(sql),
      setConditions: (conditions) => reader().setConditions(conditions),
    }),
  });
  const step = (): void => {
    const outcome = turns.step();
    if (outcome !== undefined) parentPort?.postMessage([outcome]);
    if (!turns.empty) setImmediate(step);
  };
  parentPort?.on('message', (jobs: readonly Job[] | null) => {
    if (jobs !== null) {
      // Messages are received between two steps, so new jobs can be tried early.
      if (turns.empty) setImmediate(step);
      for (const job of jobs) turns.add(job);
      return;
    }
    turns.clear();
    parentPort?.close();
    db?.close();
  });
}

main();
