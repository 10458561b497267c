import { setTimeout as delay } from 'node:timers/promises';
import type { ErasedUser } from '../load/eraser.ts';
import { listAll } from '../list-all.ts';
import { forgottenProject } from '../projects.ts';
import { database, type Site } from '../site/site.ts';
import type { ErasureEvidence } from './erased.ts';

const timeoutMs = 90_000;
const pollMs = 500;

/** Waits until the erasures are done, for at most 90 s. Returns what is left of the users. */
export async function gatherErasures(
  site: Site,
  url: string,
  users: readonly ErasedUser[],
): Promise<ErasureEvidence> {
  const done = new Set<string>();
  const until = performance.now() + timeoutMs;
  for (const { erasureId } of users)
    while (performance.now() < until && !done.has(erasureId)) {
      if (await isDone(url, erasureId)) done.add(erasureId);
      else await delay(pollMs);
    }
  const stored = await listAll({ url, project: forgottenProject });
  const letterUsers = await site.mongo.read(async (client) => {
    const letters = client.db(database).collection<LetterKey>('dead_letters');
    const found = await letters.find({ project: forgottenProject }).toArray();
    return found.map(({ key }) => Buffer.from(key?.buffer ?? []).toString());
  });
  return { users, done, stored, letterUsers };
}

interface LetterKey {
  readonly project: string;
  readonly key: { readonly buffer: Uint8Array } | null;
}

async function isDone(url: string, erasureId: string): Promise<boolean> {
  const response = await fetch(`${url}/api/erasures/${erasureId}`, {
    headers: { 'x-project': forgottenProject },
  });
  return response.status === 200 && ((await response.json()) as { status: string }).status === 'done';
}
