import { setTimeout as delay } from 'node:timers/promises';
import { type ChangeStream, type Collection, MongoError } from 'mongodb';

/** The settled offsets of a log. */
export interface SettledDocument {
  /** The id of the log. */
  readonly _id: string;
  /** At index i, the settled offset of partition i. */
  readonly offsets: readonly number[];
  /** The number of reads. Each read is also a write, so that the majority confirms it. */
  readonly reads?: number;
}

// Skips the changes that reads make. They raise the number of reads, but no offset.
const pipeline = [
  { $match: { 'updateDescription.updatedFields.reads': { $exists: false } } },
  { $project: { _id: 1 } },
];
// This time must be less than the time limit of a socket.
const maxAwaitTimeMS = 5000;
const pauseMs = 1000;

/**
 * Notifies listeners that settled offsets may have changed. It opens a change stream for the first listener. It misses changes while the
 * stream is interrupted.
 */
export class SettledWatch {
  readonly #settled: Collection<SettledDocument>;
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  #stream: ChangeStream | undefined;
  #isRunning = false;

  constructor(settled: Collection<SettledDocument>) {
    this.#settled = settled;
  }

  /** Returns a function that removes the listener. */
  add(listener: () => void): () => void {
    this.#listeners.add(listener);
    void this.#run();
    return () => this.#listeners.delete(listener);
  }

  /** Stops the notifications, and closes the stream on the server. Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#stream?.close().catch(ignore);
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (!signal.aborted) {
      const stream = this.#settled.watch(pipeline, { maxAwaitTimeMS });
      this.#stream = stream;
      try {
        for await (const _change of stream) for (const listener of this.#listeners) listener();
      } catch (error) {
        // After a MongoDB error, the loop opens another stream. Other errors are bugs in our code.
        if (!(error instanceof MongoError)) throw error;
      } finally {
        await stream.close().catch(ignore);
      }
      await delay(pauseMs, undefined, { signal, ref: false }).catch(ignore);
    }
  }
}

const ignore = (): void => undefined;
