import type { DatabaseSync } from 'node:sqlite';
import { faultOf, type Job, type Outcome, type Runners, runJob } from '../protocol/messages.ts';

/**
 * Runs all jobs in one transaction, so that they share one sync of the disk. A failed job undoes only its own changes. If the commit
 * fails, all jobs fail.
 */
export function commitTogether(db: DatabaseSync, runners: Runners, jobs: readonly Job[]): Outcome[] {
  try {
    db.exec('BEGIN IMMEDIATE');
    const outcomes = runTogether(runners, jobs) ?? runApart(db, runners, jobs);
    db.exec('COMMIT');
    return outcomes;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    const fault = faultOf(error);
    return jobs.map(({ id }) => ({ id, fault }));
  }
}

/**
 * Runs the jobs without savepoints. Returns undefined if a job fails. In a savepoint, SQLite copies each page before it changes
 * the page. Beyond 64 KiB the copies go to a temporary file: 35 to 45 % of all bytes that were written.
 */
function runTogether(runners: Runners, jobs: readonly Job[]): Outcome[] | undefined {
  try {
    return jobs.map((job) => ({ id: job.id, result: runJob(runners, job) }));
  } catch {
    return undefined;
  }
}

/** Undoes all changes, and runs each job again in a savepoint of its own. */
function runApart(db: DatabaseSync, runners: Runners, jobs: readonly Job[]): Outcome[] {
  // On some failures, such as a full disk, SQLite has already undone the whole transaction.
  if (db.isTransaction) db.exec('ROLLBACK');
  db.exec('BEGIN IMMEDIATE');
  return jobs.map((job) => runInSavepoint(db, runners, job));
}

function runInSavepoint(db: DatabaseSync, runners: Runners, job: Job): Outcome {
  db.exec('SAVEPOINT job');
  try {
    const result = runJob(runners, job);
    db.exec('RELEASE job');
    return { id: job.id, result };
  } catch (error) {
    // If SQLite has undone the whole transaction, the changes of all jobs are undone.
    if (!db.isTransaction) throw error;
    db.exec('ROLLBACK TO job; RELEASE job');
    return { id: job.id, fault: faultOf(error) };
  }
}
