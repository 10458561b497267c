import { setTimeout as delay } from 'node:timers/promises';
import type { Attack } from './attack.ts';
import type { Attempt } from './judge.ts';
import { GapWatch } from './measure/gap-watch.ts';
import { MemoryWatch } from './measure/memory.ts';
import type { Service } from './service/service-host.ts';
import { Target } from './target.ts';

const defaultMaxSendMs = 10_000;
const maxRecoveryMs = 10_000;

/** Carries out an attack once, and measures the memory of the service and the gaps between its responses. Kills the service if it hangs. */
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
    // The watches must stop after an exception too, because the thread of the gap watch would keep this process alive.
    gapMs = await gapWatch.stop();
    growthMiB = memoryWatch.stop();
  }
  const hangFault = `the attack took more than ${maxSendMs} ms, or no normal activity was stored within ${maxRecoveryMs} ms after it`;
  return { gapMs, growthMiB, responses: target.responses, faults: faults ?? [hangFault], ...endOutput };
}

/** Sends the attack, and then checks the service. Returns a sentence for each fault, or undefined if the service hangs. */
async function carryOut(
  attack: Attack,
  target: Target,
  { process, location: { port, key }, hasEnded }: Service,
): Promise<readonly string[] | undefined> {
  try {
    if (
      !(await isFulfilledWithin(attack.maxSendMs ?? defaultMaxSendMs, [attack.send(target), process.exited]))
    )
      return undefined;
    const faults = hasEnded() ? [] : await attack.check?.(target);
    target.close();
    // Sends a normal activity and waits until it is stored. It comes after the records of the attack, so these have been processed by then.
    if (!(await isFulfilledWithin(maxRecoveryMs, [waitUntilServing(port, key), process.exited])))
      return undefined;
    return faults ?? [];
  } finally {
    target.close();
  }
}

/** Returns true if one of the promises is fulfilled within `ms`, or false if the time runs out first. */
async function isFulfilledWithin(ms: number, work: readonly Promise<unknown>[]): Promise<boolean> {
  const timer = new AbortController();
  const timeout = delay(ms, false, { signal: timer.signal });
  try {
    return await Promise.race([Promise.race(work).then(() => true), timeout]);
  } finally {
    timeout.catch(() => undefined);
    timer.abort();
  }
}

/** Sends a normal activity until one is stored, for at most 15 s. Retries every 50 ms. */
async function waitUntilServing(port: number, key: string | undefined): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    prefer: 'wait=10',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  // Aborts the requests to a service that hangs, 5 s after the caller has timed out.
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
