import { settlesWithin, within } from '@user-activity/timing';

const closingMs = 500;

interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

/**
 * A client that is connected at its first use and replaced after a failure, because its view of the cluster may then be
 * wrong.
 */
export class Renewable<Client extends Connectable> {
  readonly #make: () => Client;
  #current: { readonly client: Client; readonly connected: Promise<void> } | undefined;

  constructor(make: () => Client) {
    this.#make = make;
  }

  /** Does the work with a connected client. Rejects if connecting and working take longer than the time-out. */
  async use<Value>(timeoutMs: number, work: (client: Client) => Promise<Value>): Promise<Value> {
    this.#current ??= this.#connect();
    const used = this.#current;
    try {
      return await within(
        timeoutMs,
        used.connected.then(() => work(used.client)),
      );
    } catch (error) {
      if (this.#current === used) this.#current = undefined;
      used.client.disconnect().catch(() => undefined);
      throw error;
    }
  }

  /** Waits at most 500 ms: KafkaJS waits for the answers to all its requests, which a hanging broker never sends. */
  async close(): Promise<void> {
    const last = this.#current;
    this.#current = undefined;
    if (last !== undefined) await settlesWithin(closingMs, last.client.disconnect());
  }

  #connect(): { readonly client: Client; readonly connected: Promise<void> } {
    const client = this.#make();
    return { client, connected: client.connect() };
  }
}
