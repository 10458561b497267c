import { setTimeout as delay } from 'node:timers/promises';
import { ActivityClient, NotStoredError } from '@user-activity/client';
import type { DemoFolder, DemoState } from './demo-state.ts';
import type { Month } from './month/month.ts';
import type { ProgressLine } from './progress-line.ts';

// Much more than a portion, which has about 5,000 activities and rarely twice as many.
const queue = { maxCount: 200_000, maxBytes: 256 * 1024 * 1024 };
// A shorter pause would slow the service, because each count reads a whole index.
const pollMs = 2000;
const conflictCount = 3;

/**
 * Logs a month through the API, as other clients do. Writing directly to the store would be faster, but then the log, the feed, the
 * dead letters and the metrics would not show the month.
 *
 * Filling is fast because the activities of a user on one day follow one another, so each transaction changes few pages of the indexes.
 *
 * The state is saved after each portion. If a fill is killed, the next one continues after the last saved portion. It may send one portion
 * again, but stores nothing twice, because the activities have the same ids.
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
    await waitUntilStored(state, client, progress, signal);
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

/** Waits until the service has stored all activities. */
async function waitUntilStored(
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

/** Makes a few dead letters: activities whose ids are already taken by others, and a call of an SDK that names no user. */
async function addDeadLetters(
  month: Month,
  client: ActivityClient,
  url: string,
  signal: AbortSignal,
): Promise<void> {
  const known = new Set<string | undefined>();
  // A fill that was killed may already have made some of these dead letters.
  for await (const { activityId } of client.deadLetters({ code: 'conflict' }, { signal }))
    known.add(activityId);
  for (const activity of month.portion(0).slice(0, conflictCount)) {
    if (known.has(activity.id)) continue;
    const metadata = { ...activity.metadata, correctedBy: 'svc-billing' };
    await client.logDurably({ ...activity, metadata }, { wait: 10, signal }).catch((error: unknown) => {
      if (!(error instanceof NotStoredError)) throw error;
    });
  }
  // The service derives the id of this dead letter from the call, so sending the call again adds none.
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
