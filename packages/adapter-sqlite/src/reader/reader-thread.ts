import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import {
  faultOf,
  type Job,
  type Outcome,
  runJob,
  type Runners,
  type ThreadSetup,
} from '../protocol/messages.ts';
import { readJobs } from './read-jobs.ts';
import { statementCache } from '../protocol/statements.ts';

/** Runs a thread that answers questions, on a connection that only reads. The last message is null: it ends the thread. */
function main(): void {
  const { file, busyTimeoutMs } = workerData as ThreadSetup;
  let db: DatabaseSync | undefined;
  let runners: Runners | undefined;
  const open = (): Runners => {
    // Opened with the first job, as the writer makes the file while this thread starts.
    db ??= new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs });
    runners ??= { ...readJobs(statementCache(db)) };
    return runners;
  };
  // In a transaction, so that all parts of an answer are of one moment.
  const answer = (job: Job): Outcome => {
    try {
      const ready = open();
      db?.exec('BEGIN');
      return { id: job.id, result: runJob(ready, job) };
    } catch (error) {
      return { id: job.id, fault: faultOf(error) };
    } finally {
      if (db?.isTransaction === true) db.exec('ROLLBACK');
    }
  };
  parentPort?.on('message', (jobs: readonly Job[] | null) => {
    if (jobs !== null) {
      parentPort?.postMessage(jobs.map(answer));
      return;
    }
    parentPort?.close();
    db?.close();
  });
}

main();
