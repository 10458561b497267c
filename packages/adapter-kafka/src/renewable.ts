import { settlesWithin, within } from '@user-activity/timing';

const closingMs = 500;

interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

/** Holds a client that connects at its first use. After a failure, makes a new client, because the old one may have outdated metadata. */
export class Renewable<Client extends Connectable> {
  readonly #make: () => Client;
  #current: { readonly client: Client; readonly connected: Promise<void> } | undefined;

  constructor(make: () => Client) {
    this.#make = make;
  }

  /** Does the work with a connected client. The time limit includes the time to connect. */
  async use<Value>(timeoutMs: number, work: (client: Client) => Promise<Value>): Promise<Value> {
    this.#current ??= this.#connect();
    const current = this.#current;
    try {
      return await within(
        timeoutMs,
        current.connected.then(() => work(current.client)),
      );
    } catch (error) {
      if (this.#current === current) this.#current = undefined;
      current.client.disconnect().catch(() => undefined);
      throw error;
    }
  }

  /** Disconnects. Waits at most 500 ms, because KafkaJS waits for all responses, and a hanging broker never responds. */
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
