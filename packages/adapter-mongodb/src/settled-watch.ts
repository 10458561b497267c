import { setTimeout as delay } from 'node:timers/promises';
import { type ChangeStream, type Collection, MongoError } from 'mongodb';

/** The settled offsets of a log. */
export interface SettledDocument {
  /** The id of the log. */
  readonly _id: string;
  /** The offset of partition i at index i. */
  readonly offsets: readonly number[];
  /** The number of reads. Each read increases it, because the majority must confirm a write. */
  readonly reads?: number;
}

// A consumer that reads the offsets raises the number of reads, but no offset.
const pipeline = [
  { $match: { 'updateDescription.updatedFields.reads': { $exists: false } } },
  { $project: { _id: 1 } },
];
// Less than the time limit of a socket.
const maxAwaitTimeMS = 5000;
const pauseMs = 1000;

/**
 * Tells listeners that settled offsets may have changed. It uses a change stream, from the first listener on. It misses changes while the
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

  /** Ends the calls, and the stream on the server. Never rejects. */
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
        // The next stream continues. Other errors are bugs in our code.
        if (!(error instanceof MongoError)) throw error;
      } finally {
        await stream.close().catch(ignore);
      }
      await delay(pauseMs, undefined, { signal, ref: false }).catch(ignore);
    }
  }
}

const ignore = (): void => undefined;
