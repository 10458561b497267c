/** The pages whose commands are executed, with their minimum numbers of commands, as a command that is no longer found would pass. */
export const executedPages: readonly [page: string, commands: number][] = [
  ['README.md', 3],
  ['docs/get-started.md', 2],
  ['docs/clients.md', 30],
  ['docs/access.md', 14],
];
