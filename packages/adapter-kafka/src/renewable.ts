import { within } from './within.ts';

const closingMs = 500;

interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

/**
 * A client that is connected at its first use and never used again once something failed: after a failure nobody knows what
 * it still believes of the cluster. The next use gets a new one.
 */
export class Renewable<Client extends Connectable> {
  readonly #make: () => Client;
  #current: { readonly client: Client; readonly connected: Promise<void> } | undefined;

  constructor(make: () => Client) {
    this.#make = make;
  }

  /** Does it with a connected client, or rejects when that takes longer. */
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

  /** KafkaJS waits for the answers to all that it asked, which a broker that hangs never gives: it is left then. */
  async close(): Promise<void> {
    const last = this.#current;
    this.#current = undefined;
    if (last !== undefined) await within(closingMs, last.client.disconnect()).catch(() => undefined);
  }

  #connect(): { readonly client: Client; readonly connected: Promise<void> } {
    const client = this.#make();
    return { client, connected: client.connect() };
  }
}
