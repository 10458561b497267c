import type { NewActivity } from '../api/activity.ts';
import { uuidV7 } from './uuid-v7.ts';

/** An activity as the client sends it: always with an id and a time. A null time means the time at which the service receives it. */
export type SentActivity = NewActivity & { readonly id: string; readonly createdAt: string | Date | null };

/**
 * Returns an activity as a line of JSON, with its id. It adds the id and the time if they are missing, so that every retry sends the same
 * activity. Throws TypeError if the metadata cannot be converted to JSON.
 */
export function activityLine(activity: NewActivity): { readonly id: string; readonly line: string } {
  const id = activity.id ?? uuidV7();
  const { createdAt = new Date() } = activity;
  return { id, line: JSON.stringify({ ...activity, id, createdAt } satisfies SentActivity) };
}
