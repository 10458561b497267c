/** Returns whether npm started this process, through `npx` or a script of a package.json. */
export const isStartedByNpm = (environment: NodeJS.ProcessEnv = process.env): boolean =>
  environment['npm_command'] !== undefined;
