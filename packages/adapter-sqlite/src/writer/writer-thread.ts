import { parentPort, workerData } from 'node:worker_threads';
import { DataFileError } from '../protocol/data-file-error.ts';
import { openDataFile } from './data-file.ts';
import { commitTogether } from './group-commit.ts';
import type { Greeting, Job, ThreadSetup } from '../protocol/messages.ts';
import { statementCache } from '../protocol/statements.ts';
import { writeJobs } from './write-jobs.ts';

/** Runs the thread that owns the only writing connection. Each message is a transaction. The last message is null: it ends the thread. */
function main(): void {
  const setup = workerData as ThreadSetup;
  const greet = (greeting: Greeting): void => parentPort?.postMessage(greeting);
  try {
    const db = openDataFile(setup);
    const runners = { ...writeJobs(statementCache(db), setup.retainedRecords) };
    parentPort?.on('message', (jobs: readonly Job[] | null) => {
      if (jobs !== null) {
        parentPort?.postMessage(commitTogether(db, runners, jobs));
        return;
      }
      parentPort?.close();
      // The last connection of a file checkpoints it when it closes.
      db.close();
    });
    greet({ unusable: undefined });
  } catch (error) {
    if (!(error instanceof DataFileError)) throw error;
    greet({ unusable: error.message });
  }
}

main();
