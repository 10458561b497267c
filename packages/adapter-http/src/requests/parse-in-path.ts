import { RuleBroken } from '@user-activity/domain';
import { unknownPathProblem } from './error-handling.ts';
import { Problem } from './problem.ts';

interface PathParameter<Value> {
  /** The name of the parameter in the path of the route. */
  readonly name: string;
  /** The noun for the parameter in messages, with its article. */
  readonly noun: string;
  readonly parse: (text: string) => Value;
}

/** Parses a parameter of a path. Throws 400 if it breaks a rule, and 404 if it is empty, as in `/api/projects/`. */
export function parseInPath<Value>(text: string, { name, noun, parse }: PathParameter<Value>): Value {
  if (text === '') throw unknownPathProblem();
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof RuleBroken)) throw error;
    const errors = [{ path: `/${name}`, message: error.message }];
    throw new Problem(400, `${noun} in the path ${error.message}.`, { errors, cause: error });
  }
}
