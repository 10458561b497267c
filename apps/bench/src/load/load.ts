import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** The requests that a load sends, and the status that every response must have. */
export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  /** The bytes of each request. The load sends the requests in turn, and starts again after the last. */
  readonly requests: readonly Uint8Array[];
  readonly status: number;
}

/** When a load ends: after a time or after a number of requests. At least one of them must be given. */
export interface LoadTask {
  readonly seconds?: number;
  readonly requests?: number;
  /** The mean number of requests per second. Default: each connection sends as soon as it has a response. */
  readonly rate?: number;
}

/** The result of a load. */
export interface LoadResult {
  /** The number of requests. All of them were answered with the expected status. */
  readonly requests: number;
  /** The time from the first request to the last response, in seconds. */
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sends requests to a server from a separate thread, over connections that stay open. */
export class Load {
  readonly #worker: Worker;

  constructor(options: LoadOptions) {
    this.#worker = new Worker(new URL('load-thread.ts', import.meta.url), { workerData: options });
  }

  /** Resolves when all requests are answered. Rejects if a request fails, or is answered with a status other than the expected one. */
  async run(task: LoadTask): Promise<LoadResult> {
    const result = once(this.#worker, 'message');
    this.#worker.postMessage(task);
    return (await result).at(0) as LoadResult;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
