import { setTimeout as delay } from 'node:timers/promises';
import type { Attack } from './attack.ts';
import type { Attempt } from './judge.ts';
import { GapWatch } from './measure/gap-watch.ts';
import { MemoryWatch } from './measure/memory.ts';
import type { Service } from './service/host.ts';
import { Target } from './target.ts';

const defaultSendingMs = 10_000;
const waitMs = 10_000;

/** Carries out an attack once, and measures the gap and the memory. Kills the service if it hangs. */
export async function attempt(attack: Attack, service: Service): Promise<Attempt> {
  const { process, location } = service;
  const { sendingMs = defaultSendingMs } = attack;
  const prepared = new Target(location);
  await attack.prepare?.(prepared);
  prepared.close();
  const target = new Target(location);
  const memory = new MemoryWatch(process.pid);
  const gap = await GapWatch.start(location.port);
  let gapMs = 0;
  let growthMiB = 0;
  let faults: readonly string[] | undefined;
  let ended = {};
  try {
    faults = await carryOut(attack, target, service);
    ended = service.hasEnded() ? { ended: process.output.slice(-300) } : {};
    if (faults === undefined) await process.end('SIGKILL');
  } finally {
    // Also after an exception, because the thread of the watch would keep this process alive.
    gapMs = await gap.stop();
    growthMiB = memory.stop();
  }
  const hangFault = `the attack did not end within ${sendingMs} ms, or no normal activity was stored within ${waitMs} ms after it`;
  return { gapMs, growthMiB, responses: target.responses, faults: faults ?? [hangFault], ...ended };
}

/** Returns a sentence for each fault that the check found, or undefined if the service hangs. */
async function carryOut(
  attack: Attack,
  target: Target,
  { process, location: { port, key }, hasEnded }: Service,
): Promise<readonly string[] | undefined> {
  try {
    if (!(await within(attack.sendingMs ?? defaultSendingMs, [attack.send(target), process.exited])))
      return undefined;
    const faults = hasEnded() ? [] : await attack.check?.(target);
    target.close();
    // The activity follows the records of the attack on the log. Once it is stored, these records are processed.
    if (!(await within(waitMs, [waitUntilServing(port, key), process.exited]))) return undefined;
    return faults ?? [];
  } finally {
    target.close();
  }
}

/** Returns whether one of the promises is fulfilled within `ms`. */
async function within(ms: number, work: readonly Promise<unknown>[]): Promise<boolean> {
  const timer = new AbortController();
  const timeout = delay(ms, false, { signal: timer.signal });
  try {
    return await Promise.race([Promise.race(work).then(() => true), timeout]);
  } finally {
    timeout.catch(() => undefined);
    timer.abort();
  }
}

/** Resolves when a normal activity is stored, or after 15 s. Retries each 50 ms. */
async function waitUntilServing(port: number, key: string | undefined): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    prefer: 'wait=10',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  // Ends the requests to a service that hangs. The caller times out 5 s earlier.
  const signal = AbortSignal.timeout(waitMs + 5000);
  while (!signal.aborted) {
    const response = await fetch(`http://127.0.0.1:${port}/api/logs`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ userId: 'a-normal-user', type: 'VIEW' }),
      signal,
    }).catch(() => undefined);
    await response?.arrayBuffer().catch(() => undefined);
    if (response?.status === 201) return;
    await delay(50);
  }
}
