import { setTimeout as delay } from 'node:timers/promises';
import type { Attack } from './attack.ts';
import type { Attempt } from './judge.ts';
import { GapWatch } from './measure/gap-watch.ts';
import { MemoryWatch } from './measure/memory.ts';
import type { Service } from './service/host.ts';
import { Target } from './target.ts';

const defaultSendingMs = 10_000;
const servingMs = 10_000;

/** Attacks a service once, and measures what it costs. A service that hangs is killed. */
export async function attempt(attack: Attack, service: Service): Promise<Attempt> {
  const { process, place } = service;
  const { sendingMs = defaultSendingMs } = attack;
  const prepared = new Target(place);
  await attack.prepare?.(prepared);
  prepared.close();
  const target = new Target(place);
  const memory = new MemoryWatch(process.pid);
  const gap = await GapWatch.start(place.port);
  let gapMs = 0;
  let growthMiB = 0;
  let faults: readonly string[] | undefined;
  let ended = {};
  try {
    faults = await carryOut(attack, target, service);
    ended = service.hasEnded() ? { ended: process.output.slice(-300) } : {};
    if (faults === undefined) await process.end('SIGKILL');
  } finally {
    // Also if the attack threw: a thread that goes on watching would keep this process from ending.
    gapMs = await gap.stop();
    growthMiB = memory.stop();
  }
  const hung = `it was not over, or no normal activity stored afterwards, within ${sendingMs + servingMs} ms`;
  return { gapMs, growthMiB, answers: target.answers, faults: faults ?? [hung], ...ended };
}

/** Gives what did not hold, undefined if the service hangs. */
async function carryOut(
  attack: Attack,
  target: Target,
  { process, place: { port, key }, hasEnded }: Service,
): Promise<readonly string[] | undefined> {
  try {
    if (!(await within(attack.sendingMs ?? defaultSendingMs, [attack.send(target), process.exited])))
      return undefined;
    const faults = hasEnded() ? [] : await attack.check?.(target);
    target.close();
    // What was sent is dealt with when this is stored, as it comes after it on the log.
    if (!(await within(servingMs, [servesAgain(port, key), process.exited]))) return undefined;
    return faults ?? [];
  } finally {
    target.close();
  }
}

/** Whether one of them came to its end in time. */
async function within(ms: number, work: readonly Promise<unknown>[]): Promise<boolean> {
  const late = new AbortController();
  const lateness = delay(ms, false, { signal: late.signal });
  try {
    return await Promise.race([Promise.race(work).then(() => true), lateness]);
  } finally {
    lateness.catch(() => undefined);
    late.abort();
  }
}

/** Resolves when a normal activity is stored, or it is too late for that. A refusal for now is tried again. */
async function servesAgain(port: number, key: string | undefined): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    prefer: 'wait=10',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  // Longer than anyone waits for this.
  const signal = AbortSignal.timeout(servingMs + 5000);
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
