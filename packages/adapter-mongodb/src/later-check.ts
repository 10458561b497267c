import { type Db, MongoError } from 'mongodb';
import { setMissingProjects } from './migration.ts';

const checkMs = 60_000;

/**
 * Repeats `setMissingProjects` each minute, because in a rolling upgrade processes of a version without projects write until they end.
 * A check with each start or each save would miss their last documents until the next start or save. Returns a function that stops it.
 */
export function checkRegularly(db: Db): () => void {
  let isChecking = false;
  const check = async (): Promise<void> => {
    if (isChecking) return;
    isChecking = true;
    try {
      await setMissingProjects(db);
    } catch (error) {
      // The next check does the rest. Other errors are bugs in our code.
      if (!(error instanceof MongoError)) throw error;
    } finally {
      isChecking = false;
    }
  };
  const timer = setInterval(() => void check(), checkMs).unref();
  return () => clearInterval(timer);
}
