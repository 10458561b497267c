import { ActivityId, unlessBroken } from '@user-activity/domain';
import { noSuchPath } from '../requests/error-handling.ts';

/** Returns undefined if no activity can have the id. Throws 404 for an empty id, because then the path ends with two slashes. */
export function idInPath({ id }: { readonly id: string }): ActivityId | undefined {
  if (id === '') throw noSuchPath();
  return unlessBroken(() => ActivityId.parse(id));
}
