import { setTimeout as delay } from 'node:timers/promises';
import { ActivityClient, NotStoredError } from '@user-activity/client';
import type { DemoFolder, DemoState } from './demo-state.ts';
import type { Month } from './month/month.ts';
import type { ProgressLine } from './progress-line.ts';

// A portion has some 5,000 activities, and the largest ones of small demos are rarely twice that.
const queue = { maxCount: 200_000, maxBytes: 256 * 1024 * 1024 };
// A count reads an index from end to end, while the service has better things to do.
const pollMs = 2000;
const conflictCount = 3;

/**
 * Logs a month through the API, as any other client does, so the demo shows what the service does with real traffic: the log, the feed,
 * the dead letters and the metrics have seen all of it. Writing into the store would be faster, and nothing of that would be true.
 *
 * The service is fast here because activities of one day and user follow one another, so each transaction changes few pages of its
 * indexes.
 *
 * The state is written after each portion. A fill that was killed goes on there. It may send a portion again, which stores nothing twice: the
 * activities have the same ids.
 */
export async function fill(
  month: Month,
  state: DemoState,
  folder: DemoFolder,
  url: string,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<void> {
  const client = new ActivityClient({ url, queue, maxBatchCount: 5000, maxDelayMs: 60_000 });
  try {
    await logPortions(month, state, folder, client, progress, signal);
    await untilStored(state, client, progress, signal);
    await addDeadLetters(month, client, url, signal);
    await folder.write({ ...state, logged: month.portionCount, isFilled: true });
  } finally {
    await client.close({ timeoutMs: 0 }).catch(() => undefined);
  }
}

async function logPortions(
  month: Month,
  state: DemoState,
  folder: DemoFolder,
  client: ActivityClient,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<void> {
  for (let portion = state.logged; portion < month.portionCount; portion += 1) {
    for (const activity of month.portion(portion)) client.log(activity);
    await client.flush({ signal });
    await folder.write({ ...state, logged: portion + 1 });
    const count = month.countBefore(portion + 1);
    progress.show(count / state.activities / 2, `${count.toLocaleString('en')} activities logged`);
  }
}

/** Waits until the service has stored everything. */
async function untilStored(
  { activities }: DemoState,
  client: ActivityClient,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const count = await client.count({}, { signal });
    progress.show(
      Math.min(1, 0.5 + count / activities / 2),
      `${count.toLocaleString('en')} of ${activities.toLocaleString('en')} activities stored`,
    );
    if (count >= activities) return;
    await delay(pollMs, undefined, { signal });
  }
}

/** Makes a few dead letters: activities whose ids hold something else, and a call of an SDK that names no user. */
async function addDeadLetters(
  month: Month,
  client: ActivityClient,
  url: string,
  signal: AbortSignal,
): Promise<void> {
  const known = new Set<string | undefined>();
  // A fill that was killed may have made some of them.
  for await (const { activityId } of client.deadLetters({ code: 'conflict' }, { signal }))
    known.add(activityId);
  for (const activity of month.portion(0).slice(0, conflictCount)) {
    if (known.has(activity.id)) continue;
    const metadata = { ...activity.metadata, correctedBy: 'svc-billing' };
    await client.logDurably({ ...activity, metadata }, { wait: 10, signal }).catch((error: unknown) => {
      if (!(error instanceof NotStoredError)) throw error;
    });
  }
  // Its id is made from its bytes, so it is there once, however often it is sent.
  await fetch(`${url}/v1/track`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa('demo:')}` },
    body: JSON.stringify({
      event: 'Checkout Started',
      messageId: 'demo-without-user',
      timestamp: new Date(month.end).toISOString(),
    }),
    signal,
  });
}
