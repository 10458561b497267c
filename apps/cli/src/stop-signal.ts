/** Returns a signal that Ctrl-C and SIGTERM abort. If either comes a second time, it ends the process at once. */
export function makeStopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
