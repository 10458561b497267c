const checkMs = 250;

/**
 * Sends this process SIGTERM when its parent has ended. npm sends a stop signal only to the shell in which it started this process, and the shell
 * ends without passing it on.
 */
export function endWithParent(): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, checkMs);
  timer.unref();
}
