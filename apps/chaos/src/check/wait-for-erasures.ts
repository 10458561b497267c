import { setTimeout as delay } from 'node:timers/promises';
import type { ErasedUser } from '../load/eraser.ts';
import type { Target } from '../load/sender.ts';

const timeoutMs = 90_000;
const pollMs = 500;

/** Waits until the erasures of the users are done, but at most 90 s. Returns the ids of the erasures that are done. */
export async function waitForErasures(
  target: Target,
  users: readonly ErasedUser[],
): Promise<ReadonlySet<string>> {
  const done = new Set<string>();
  const until = performance.now() + timeoutMs;
  for (const { erasureId } of users)
    while (performance.now() < until && !done.has(erasureId)) {
      if (await isDone(target, erasureId)) done.add(erasureId);
      else await delay(pollMs);
    }
  return done;
}

async function isDone({ url, project }: Target, erasureId: string): Promise<boolean> {
  const response = await fetch(`${url}/api/erasures/${erasureId}`, { headers: { 'x-project': project } });
  return response.status === 200 && ((await response.json()) as { status: string }).status === 'done';
}
