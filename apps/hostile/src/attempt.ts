import { setTimeout as delay } from 'node:timers/promises';
import type { Attack } from './attack.ts';
import type { Attempt } from './judge.ts';
import { GapWatch } from './measure/gap-watch.ts';
import { MemoryWatch } from './measure/memory.ts';
import type { Service } from './service/host.ts';
import { Target } from './target.ts';

const defaultMaxSendMs = 10_000;
const maxRecoveryMs = 10_000;

/** Carries out an attack once. Measures the memory of the service and the gaps between its responses. Kills the service if it hangs. */
export async function attempt(attack: Attack, service: Service): Promise<Attempt> {
  const { process, location } = service;
  const { maxSendMs = defaultMaxSendMs } = attack;
  const preparation = new Target(location);
  await attack.prepare?.(preparation);
  preparation.close();
  const target = new Target(location);
  const memoryWatch = new MemoryWatch(process.pid);
  const gapWatch = await GapWatch.start(location.port);
  let gapMs = 0;
  let growthMiB = 0;
  let faults: readonly string[] | undefined;
  let endOutput = {};
  try {
    faults = await carryOut(attack, target, service);
    endOutput = service.hasEnded() ? { outputAtEnd: process.output.slice(-300) } : {};
    if (faults === undefined) await process.end('SIGKILL');
  } finally {
    // Stop the watches after an exception too: the thread of a watch would keep this process alive.
    gapMs = await gapWatch.stop();
    growthMiB = memoryWatch.stop();
  }
  const hangFault = `the attack did not end within ${maxSendMs} ms, or no normal activity was stored within ${maxRecoveryMs} ms after it`;
  return { gapMs, growthMiB, responses: target.responses, faults: faults ?? [hangFault], ...endOutput };
}

/** Returns a sentence for each fault that the check found, or undefined if the service hangs. */
async function carryOut(
  attack: Attack,
  target: Target,
  { process, location: { port, key }, hasEnded }: Service,
): Promise<readonly string[] | undefined> {
  try {
    if (!(await within(attack.maxSendMs ?? defaultMaxSendMs, [attack.send(target), process.exited])))
      return undefined;
    const faults = hasEnded() ? [] : await attack.check?.(target);
    target.close();
    // This appends an activity after the records of the attack. Once it is stored, these records are processed.
    if (!(await within(maxRecoveryMs, [waitUntilServing(port, key), process.exited]))) return undefined;
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

/** Resolves when a normal activity is stored, or after 15 s. Retries every 50 ms. */
async function waitUntilServing(port: number, key: string | undefined): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    prefer: 'wait=10',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  // Ends the requests to a service that hangs. The caller times out 5 s earlier.
  const signal = AbortSignal.timeout(maxRecoveryMs + 5000);
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
