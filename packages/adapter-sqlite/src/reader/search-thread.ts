import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { receiveJobs, runJob, type ThreadSetup } from '../protocol/messages.ts';
import { defineRowMatches } from '../protocol/row-conditions.ts';
import { type SearchJobs, searchJobs } from './search-jobs.ts';
import { statementCache } from '../protocol/statements.ts';
import { JobScheduler, type Steps } from '../protocol/job-scheduler.ts';

const { file, busyTimeoutMs } = workerData as ThreadSetup;
const db = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs, open: false });
let runners: SearchJobs | undefined;

const scheduler = new JobScheduler((job) => {
  // The connection opens with the first job, so that a file that cannot be opened fails a job, and not the thread.
  if (!db.isOpen) db.open();
  runners ??= searchJobs({ prepare: statementCache(db), setConditions: defineRowMatches(db) });
  return runJob(runners, job) as Steps<unknown>;
});

function runNextStep(): void {
  const outcome = scheduler.step();
  if (outcome !== undefined) parentPort?.postMessage([outcome]);
  // The event loop receives messages between two steps, so a new job does not wait for the end of a long one.
  if (!scheduler.isEmpty) setImmediate(runNextStep);
}

receiveJobs(
  (jobs) => {
    if (scheduler.isEmpty) setImmediate(runNextStep);
    for (const job of jobs) scheduler.add(job);
  },
  () => {
    scheduler.clear();
    if (db.isOpen) db.close();
  },
);
