import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Measures how long a service does not respond. A separate thread requests `/health/live` every 50 ms. */
export class GapWatch {
  readonly #worker: Worker;

  private constructor(port: number) {
    this.#worker = new Worker(new URL('gap-thread.ts', import.meta.url), { workerData: port });
  }

  /** Starts to watch the service on `port`. Resolves after the first response. */
  static async start(port: number): Promise<GapWatch> {
    const watch = new GapWatch(port);
    await once(watch.#worker, 'message');
    return watch;
  }

  /** Stops after the next response. Resolves with the longest time from a request to the next response, in ms. */
  async stop(): Promise<number> {
    const message = once(this.#worker, 'message');
    this.#worker.postMessage('stop');
    return Number((await message).at(0));
  }
}
