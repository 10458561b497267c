/**
 * The pages whose commands are executed, with their minimum numbers of commands, as a command that is no longer found would pass. One
 * deployment executes all of them in this order: docs/keep-and-erase.md lists all projects, so the pages that make more come later.
 */
export const executedPages: readonly [page: string, commands: number][] = [
  ['README.md', 3],
  ['docs/get-started.md', 2],
  ['docs/keep-and-erase.md', 8],
  ['docs/send.md', 25],
  ['docs/typescript.md', 2],
  ['docs/ask.md', 10],
  ['docs/follow.md', 5],
  ['docs/access.md', 14],
];
