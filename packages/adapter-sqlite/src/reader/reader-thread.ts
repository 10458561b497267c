import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import {
  faultFromError,
  type Job,
  type Outcome,
  receiveJobs,
  runJob,
  type ThreadSetup,
} from '../protocol/messages.ts';
import { readJobs } from './read-jobs.ts';
import { statementCache } from '../protocol/statements.ts';

const { file, busyTimeoutMs } = workerData as ThreadSetup;
const db = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs, open: false });
const runners = readJobs(statementCache(db));

function outcomeOf(job: Job): Outcome {
  try {
    // The connection opens with the first job, so that a file that cannot be opened fails a job, and not the thread.
    if (!db.isOpen) db.open();
    // In a transaction, all statements of a job read the same state of the database.
    db.exec('BEGIN');
    return { id: job.id, result: runJob(runners, job) };
  } catch (error) {
    return { id: job.id, fault: faultFromError(error) };
  } finally {
    if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
  }
}

receiveJobs(
  (jobs) => parentPort?.postMessage(jobs.map(outcomeOf)),
  () => db.isOpen && db.close(),
);
