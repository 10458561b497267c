import { type Db, MongoError } from 'mongodb';
import { setMissingProjects } from './migration.ts';

const checkMs = 60_000;

/**
 * Repeats `setMissingProjects` each minute. During a rolling upgrade, processes of a version without projects still write documents. If
 * the check ran only at each start or save, the last of these documents would wait for the next start or save. Returns a function that
 * ends the checks.
 */
export function checkForMissingProjects(db: Db): () => void {
  let isChecking = false;
  const check = async (): Promise<void> => {
    if (isChecking) return;
    isChecking = true;
    try {
      await setMissingProjects(db);
    } catch (error) {
      // After a MongoDB error, the next check tries again. Other errors are bugs in our code.
      if (!(error instanceof MongoError)) throw error;
    } finally {
      isChecking = false;
    }
  };
  const timer = setInterval(() => void check(), checkMs).unref();
  return () => clearInterval(timer);
}
