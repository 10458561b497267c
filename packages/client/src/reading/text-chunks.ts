import type { Call, Connection } from '../http/connection.ts';
import { ConnectionError, ProblemError } from '../http/problem-error.ts';

/** The text of one response, as it arrives. */
export class TextStream {
  readonly #connection: Connection;
  readonly #idleMs: number;
  readonly #controller: AbortController = new AbortController();
  readonly #signal: AbortSignal | undefined;
  readonly #stop = (): void => this.#controller.abort(this.#signal?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Breaks off if nothing comes for `idleMs`, or if the signal is aborted. */
  constructor(connection: Connection, idleMs: number, signal: AbortSignal | undefined) {
    this.#connection = connection;
    this.#idleMs = idleMs;
    this.#signal = signal;
    signal?.throwIfAborted();
    signal?.addEventListener('abort', this.#stop, { once: true });
  }

  async *chunks(call: Call): AsyncGenerator<string, void, undefined> {
    try {
      this.#expectSoon();
      const response = await this.#connection.open(call, this.#controller.signal);
      if (!response.ok) throw await ProblemError.of(response);
      // Not every browser can iterate over a body.
      const body: ReadableStream<Uint8Array> | null = response.body;
      const reader = body?.getReader();
      const decoder = new TextDecoder();
      for (;;) {
        this.#expectSoon();
        const chunk = await reader?.read();
        clearTimeout(this.#timer);
        if (chunk?.value === undefined) return;
        yield decoder.decode(chunk.value, { stream: true });
      }
    } catch (error) {
      this.#controller.signal.throwIfAborted();
      throw error instanceof ProblemError
        ? error
        : new ConnectionError('The stream broke off.', { cause: error });
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#stop);
    this.#controller.abort();
  }

  #expectSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#controller.abort(new ConnectionError(`Nothing came for ${this.#idleMs} ms.`)),
      this.#idleMs,
    );
  }
}
