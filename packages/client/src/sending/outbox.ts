import type { CallOptions, Connection } from '../http/connection.ts';
import { withTimeLimit } from '../http/time-limit.ts';
import type { ActivityQueue } from './activity-queue.ts';
import { isPage, onPageHide } from './page-hide.ts';
import { NotLoggedError, type Rejection, Rejections } from './rejections.ts';
import { Sender, type SenderOptions } from './sender.ts';

/** How to close a client. */
export interface CloseOptions extends Omit<CallOptions, 'timeoutMs'> {
  /** How long to go on sending, in ms. Default: 10,000. */
  readonly timeoutMs?: number | undefined;
}

const defaultCloseTimeoutMs = 10_000;

/** A queue of activities with its sender, from the first activity until the client is closed. */
export class Outbox {
  readonly #queue: ActivityQueue;
  readonly #sender: Sender;
  readonly #rejections: Rejections;
  readonly #forgetPage: () => void;
  #closed: Promise<void> | undefined;

  constructor(
    connection: Connection,
    queue: ActivityQueue,
    onRejected: ((rejection: Rejection) => void) | undefined,
    options: SenderOptions,
  ) {
    this.#queue = queue;
    this.#rejections = new Rejections(onRejected);
    this.#sender = new Sender(connection, queue, this.#rejections, options, isPage());
    this.#forgetPage = onPageHide(() => this.#sender.leave());
    // A spool may have activities of an earlier process.
    this.#sender.start();
  }

  get count(): number {
    return this.#queue.count;
  }

  add(line: string): void {
    if (this.#closed !== undefined) throw new Error('The client is closed: it cannot log.');
    this.#queue.add(line);
    this.#sender.start();
  }

  async flush({ signal, timeoutMs }: CallOptions): Promise<void> {
    await withTimeLimit({ limitMs: timeoutMs, signal }, (ended) => this.#sender.flush(ended));
    const rejected = this.#rejections.take();
    if (rejected.count > 0) throw new NotLoggedError(rejected);
  }

  close(options: CloseOptions): Promise<void> {
    this.#closed ??= this.#close(options);
    return this.#closed;
  }

  async #close({ signal, timeoutMs = defaultCloseTimeoutMs }: CloseOptions): Promise<void> {
    const cause = await withTimeLimit({ limitMs: timeoutMs, signal }, (ended) =>
      this.#sender.flush(ended),
    ).catch((error: unknown) => error);
    this.#forgetPage();
    await this.#sender.stop();
    const { count, isDurable } = this.#queue;
    const unsent = isDurable ? [] : this.#queue.first(count, Number.POSITIVE_INFINITY);
    await this.#queue.close();
    const rejected = this.#rejections.take();
    if (rejected.count + unsent.length > 0) throw new NotLoggedError(rejected, unsent, cause);
  }
}
