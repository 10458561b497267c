import type { NewActivity } from '../api/activity.ts';
import { uuidV7 } from './uuid-v7.ts';

/** An activity with an id and a time, as it is sent. */
export type SentActivity = NewActivity & { readonly id: string; readonly createdAt: string | Date | null };

/**
 * Gives an activity the id and the time that it lacks. So a retry sends the same fact, however late it is. Throws TypeError if JSON
 * cannot hold its metadata.
 */
export function newLine(activity: NewActivity): { readonly id: string; readonly line: string } {
  const id = activity.id ?? uuidV7();
  const { createdAt = new Date() } = activity;
  return { id, line: JSON.stringify({ ...activity, id, createdAt } satisfies SentActivity) };
}
