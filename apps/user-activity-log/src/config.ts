/** Returns whether npm started this process, as `npx` or as a script of a package. */
export const isStartedByNpm = (environment: NodeJS.ProcessEnv = process.env): boolean =>
  environment['npm_command'] !== undefined;
