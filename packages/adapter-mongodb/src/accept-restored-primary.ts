import { setTimeout as delay } from 'node:timers/promises';
import { type MongoClient, MongoStalePrimaryError, type TopologyDescription } from 'mongodb';

// A former primary without a majority steps down after `electionTimeoutMillis`, which is 10 s by default. So a primary that stays for
// twice that time has a majority.
const defaultRefusalMs = 20_000;
const retryMs = 1000;

/**
 * Makes the client accept the primary of a replica set that was restored from a backup. The client remembers the latest election, and
 * refuses every primary of an earlier election. A restored set continues the count of elections from the backup. If the client has
 * refused the only primary for `refusalMs` (default: 20,000), this closes the client and connects it again, so that it forgets the
 * elections. Commands fail meanwhile. Returns a function that stops this behavior. Call it before you close the client.
 */
export function acceptRestoredPrimary(client: MongoClient, refusalMs: number = defaultRefusalMs): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  let timer: NodeJS.Timeout | undefined;
  const stopTimer = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    if (signal.aborted || !refusesOnlyPrimary(newDescription)) stopTimer();
    else timer ??= setTimeout(() => void reconnect(client, signal), refusalMs).unref();
  });
  return () => {
    stopping.abort();
    stopTimer();
  };
}

const refusesOnlyPrimary = ({ servers }: TopologyDescription): boolean => {
  const descriptions = [...servers.values()];
  return (
    descriptions.every(({ type }) => type !== 'RSPrimary') &&
    descriptions.some(({ error }) => error instanceof MongoStalePrimaryError)
  );
};

/** Closes the client and connects it again. Retries until it is connected. Leaves it closed if the signal is aborted. Never rejects. */
async function reconnect(client: MongoClient, signal: AbortSignal): Promise<void> {
  for (let isConnected = false; !isConnected; ) {
    try {
      await client.close();
      if (signal.aborted) return;
      await client.connect();
      isConnected = !signal.aborted;
    } catch {
      // No server responds. The next attempt uses new connections.
      await delay(retryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
