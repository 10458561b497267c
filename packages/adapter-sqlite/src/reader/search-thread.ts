import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Job, ThreadSetup } from '../protocol/messages.ts';
import { type SetTest, teachTest } from './metadata-test.ts';
import { searchJobs } from './search-jobs.ts';
import { type Prepare, preparing } from '../protocol/statements.ts';
import { Turns } from '../protocol/turns.ts';

/**
 * A thread with a connection that only reads, for questions that may take long: as nothing can interrupt SQLite, they are asked
 * in steps, and take turns. Null is the last message; what is not answered by then stays so.
 */
function main(): void {
  const { file, busyTimeoutMs } = workerData as ThreadSetup;
  let open: { readonly db: DatabaseSync; readonly prepare: Prepare; readonly setTest: SetTest } | undefined;
  const ready = () => {
    if (open !== undefined) return open;
    // With the first step, as the writer makes the file while this thread starts.
    const db = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs });
    open = { db, prepare: preparing(db), setTest: teachTest(db) };
    return open;
  };
  const turns = new Turns({
    ...searchJobs(
      (sql) => ready().prepare(sql),
      (conditions) => ready().setTest(conditions),
    ),
  });
  const step = (): void => {
    const outcome = turns.step();
    if (outcome !== undefined) parentPort?.postMessage([outcome]);
    if (!turns.empty) setImmediate(step);
  };
  parentPort?.on('message', (jobs: readonly Job[] | null) => {
    if (jobs !== null) {
      // Between two steps messages are received, so more of them may come and take their turns.
      if (turns.empty) setImmediate(step);
      for (const job of jobs) turns.add(job);
      return;
    }
    turns.clear();
    parentPort?.close();
    open?.db.close();
  });
}

main();
