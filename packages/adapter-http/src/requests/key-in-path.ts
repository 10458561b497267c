import { KeyId, unlessBroken } from '@user-activity/domain';
import { Problem } from './problem.ts';

/** Returns the id of a key in a path. Throws 404 if it is malformed, because there is no such key. */
export function keyInPath({ id }: { readonly id: string }): KeyId {
  const parsed = unlessBroken(() => KeyId.parse(id));
  if (parsed === undefined) throw noSuchKey();
  return parsed;
}

/** The same answer for a key that does not exist and for one of another project. */
export const noSuchKey = (): Problem => new Problem(404, 'There is no such key.');
