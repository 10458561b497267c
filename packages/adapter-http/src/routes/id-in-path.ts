import { ActivityId, unlessBroken } from '@user-activity/domain';
import { noSuchPath } from '../requests/error-handling.ts';

/** Returns the id in a path, or undefined if it is invalid. Throws 404 for an empty id: then the path ends with two slashes. */
export function idInPath({ id }: { readonly id: string }): ActivityId | undefined {
  if (id === '') throw noSuchPath();
  return unlessBroken(() => ActivityId.parse(id));
}
