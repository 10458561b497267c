import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Measures the gaps between answers of `/health/live`. Sends a request every 50 ms, from another thread. */
export class GapWatch {
  readonly #worker: Worker;

  private constructor(port: number) {
    this.#worker = new Worker(new URL('gap-thread.ts', import.meta.url), { workerData: port });
  }

  /** Resolves once the first request is answered. */
  static async start(port: number): Promise<GapWatch> {
    const watch = new GapWatch(port);
    await once(watch.#worker, 'message');
    return watch;
  }

  /** Stops after the next answer. Resolves with the longest gap, in ms. */
  async stop(): Promise<number> {
    const gap = once(this.#worker, 'message');
    this.#worker.postMessage('stop');
    return Number((await gap).at(0));
  }
}
