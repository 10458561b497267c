import { ActivityId, unlessBroken } from '@user-activity/domain';
import { noSuchPath } from '../requests/error-handling.ts';

/** The id of an activity in a path; undefined if none can have it. Throws 404 if it is empty: the path ends with two slashes. */
export function idInPath({ id }: { readonly id: string }): ActivityId | undefined {
  if (id === '') throw noSuchPath();
  return unlessBroken(() => ActivityId.parse(id));
}
