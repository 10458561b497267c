import { ActivityId, unlessBroken } from '@user-activity/domain';
import { noSuchPath } from '../requests/error-handling.ts';

/**
 * Reads the id of an activity from a path. Returns undefined if no activity can have it. Throws 404 if it is empty, because the path
 * ends with two slashes.
 */
export function idInPath({ id }: { readonly id: string }): ActivityId | undefined {
  if (id === '') throw noSuchPath();
  return unlessBroken(() => ActivityId.parse(id));
}
