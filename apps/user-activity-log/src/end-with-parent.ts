const checkMs = 250;

/**
 * Sends this process SIGTERM when its parent has ended. npm passes a stop signal to the shell between us, which ends and does not
 * pass it on.
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
