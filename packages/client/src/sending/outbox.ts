import type { CallOptions, Connection } from '../http/connection.ts';
import { withTimeLimit } from '../http/time-limit.ts';
import type { ActivityQueue } from './activity-queue.ts';
import { NotLoggedError, type Rejection, Rejections } from './rejections.ts';
import { makeClosedError, Sender, type SenderOptions } from './sender.ts';

/** How to close a client. */
export interface CloseOptions extends Omit<CallOptions, 'timeoutMs'> {
  /** How long to continue sending before the client closes, in ms. Default: 10,000. */
  readonly timeoutMs?: number | undefined;
}

const defaultCloseTimeoutMs = 10_000;

/** Queues activities and sends them in the background, until it is closed. */
export class Outbox {
  readonly #queue: ActivityQueue;
  readonly #sender: Sender;
  readonly #rejections: Rejections;
  #closed: Promise<void> | undefined;

  constructor(
    connection: Connection,
    queue: ActivityQueue,
    onRejected: ((rejection: Rejection) => void) | undefined,
    options: SenderOptions,
  ) {
    this.#queue = queue;
    this.#rejections = new Rejections(onRejected);
    this.#sender = new Sender(connection, queue, this.#rejections, options);
    // A spool may contain activities of an earlier process.
    this.#sender.start();
  }

  get count(): number {
    return this.#queue.count;
  }

  add(line: string): void {
    this.#assertOpen();
    this.#queue.add(line);
    this.#sender.start();
  }

  async flush({ signal, timeoutMs }: CallOptions): Promise<void> {
    this.#assertOpen();
    await withTimeLimit(timeoutMs, signal, (ended) => this.#sender.flush(ended));
    this.#assertLogged();
  }

  close(options: CloseOptions): Promise<void> {
    this.#closed ??= this.#close(options);
    return this.#closed;
  }

  #assertLogged(unsent: readonly string[] = [], cause?: unknown): void {
    const rejected = this.#rejections.take();
    if (rejected.count + unsent.length > 0) throw new NotLoggedError(rejected, unsent, cause);
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw makeClosedError();
  }

  async #close({ signal, timeoutMs = defaultCloseTimeoutMs }: CloseOptions): Promise<void> {
    const cause = await withTimeLimit(timeoutMs, signal, (ended) => this.#sender.flush(ended)).catch(
      (error: unknown) => error,
    );
    await this.#sender.stop();
    const { count, isDurable } = this.#queue;
    const unsent = isDurable ? [] : this.#queue.first(count, Infinity);
    await this.#queue.close();
    this.#assertLogged(unsent, cause);
  }
}
