import { ProjectId, RuleBroken } from '@user-activity/domain';
import { noSuchPath } from './error-handling.ts';
import { Problem } from './problem.ts';

/** Returns the project that a path names. Throws 400 if its name is invalid, and 404 if it is empty: then the path ends with a slash. */
export function projectInPath({ id }: { readonly id: string }): ProjectId {
  if (id === '') throw noSuchPath();
  try {
    return ProjectId.parse(id);
  } catch (error) {
    if (!(error instanceof RuleBroken)) throw error;
    const errors = [{ path: '/id', message: error.message }];
    throw new Problem(400, `The name of the project in the path ${error.message}.`, { errors, cause: error });
  }
}
