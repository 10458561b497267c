import { parentPort, workerData } from 'node:worker_threads';
import { DataFileError } from '../protocol/data-file-error.ts';
import { openDataFile } from './data-file.ts';
import { ErasureJournal } from './erasure-journal.ts';
import { commitTogether } from './group-commit.ts';
import { type Greeting, receiveJobs, type ThreadSetup } from '../protocol/messages.ts';
import { statementCache } from '../protocol/statements.ts';
import { writeJobs } from './write-jobs.ts';

const setup = workerData as ThreadSetup;
const greet = (greeting: Greeting): void => parentPort?.postMessage(greeting);

try {
  const db = openDataFile(setup);
  const journal = ErasureJournal.open(setup, db);
  const runners = writeJobs(statementCache(db), setup.retainedRecords, journal);
  receiveJobs(
    (jobs) => parentPort?.postMessage(commitTogether(db, runners, jobs)),
    () => {
      db.close();
      journal.close();
    },
  );
  greet({ unusable: undefined });
} catch (error) {
  if (!(error instanceof DataFileError)) throw error;
  greet({ unusable: error.message });
}
