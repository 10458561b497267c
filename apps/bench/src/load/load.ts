import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** The requests that a load sends, and the status that each must get. */
export interface LoadOrder {
  readonly port: number;
  readonly connections: number;
  /** The bytes of the requests, which are sent in turn. */
  readonly requests: readonly Uint8Array[];
  readonly status: number;
}

/** How long to send, or how many requests. At most one of them is left out. */
export interface LoadTask {
  readonly seconds?: number;
  readonly requests?: number;
  /** The mean rate per second. Default: as fast as the responses come. */
  readonly rate?: number;
}

export interface LoadResult {
  /** The number of requests, which all got the expected status. */
  readonly requests: number;
  /** The time from the first request to the last response. */
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sends requests to a server from a thread of its own, over connections that stay open. */
export class Load {
  readonly #worker: Worker;

  constructor(order: LoadOrder) {
    this.#worker = new Worker(new URL('load-thread.ts', import.meta.url), { workerData: order });
  }

  /** Resolves when all requests are answered. Rejects if one of them fails or gets another status. */
  async run(task: LoadTask): Promise<LoadResult> {
    const result = once(this.#worker, 'message');
    this.#worker.postMessage(task);
    return (await result).at(0) as LoadResult;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
