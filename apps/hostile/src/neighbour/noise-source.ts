import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { NoiseCommand, NoiseSourceOptions, NoiseTally } from './noise-thread.ts';

/** Sends the requests of a noise from a separate thread, from each `begin` until the next `pause`. */
export class NoiseSource {
  readonly #worker: Worker;

  constructor(options: NoiseSourceOptions) {
    this.#worker = new Worker(new URL('noise-thread.ts', import.meta.url), { workerData: options });
  }

  begin(): void {
    this.#send('begin');
  }

  pause(): void {
    this.#send('pause');
  }

  /** Ends the thread. Resolves with the number of responses by status. */
  async stop(): Promise<NoiseTally> {
    const message = once(this.#worker, 'message');
    this.#send('stop');
    return (await message).at(0) as NoiseTally;
  }

  #send(command: NoiseCommand): void {
    this.#worker.postMessage(command);
  }
}
