import type { DatabaseSync } from 'node:sqlite';
import { faultOf, type Job, type Outcome, type Runners, runJob } from '../protocol/messages.ts';

/**
 * Runs all jobs in one transaction, so that they share one sync of the disk. A failed job undoes only its own changes. If the commit
 * fails, all jobs fail.
 */
export function commitTogether(db: DatabaseSync, runners: Runners, jobs: readonly Job[]): Outcome[] {
  try {
    db.exec('BEGIN IMMEDIATE');
    const outcomes = jobs.map((job) => runInSavepoint(db, runners, job));
    db.exec('COMMIT');
    return outcomes;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    const fault = faultOf(error);
    return jobs.map(({ id }) => ({ id, fault }));
  }
}

function runInSavepoint(db: DatabaseSync, runners: Runners, job: Job): Outcome {
  db.exec('SAVEPOINT job');
  try {
    const result = runJob(runners, job);
    db.exec('RELEASE job');
    return { id: job.id, result };
  } catch (error) {
    // On some failures, such as a full disk, SQLite undoes the whole transaction, with the changes of all jobs.
    if (!db.isTransaction) throw error;
    db.exec('ROLLBACK TO job; RELEASE job');
    return { id: job.id, fault: faultOf(error) };
  }
}
