import { createRequire } from 'node:module';

/** KafkaJS's own class of what fetches for a consumer; not among its exports. */
interface Runner {
  readonly running: boolean;
  fetch: (this: Runner, nodeId: string) => Promise<unknown>;
}

const require = createRequire(import.meta.url);
const patched = new WeakSet<Runner>();

/**
 * Ends the fetches of a consumer that has stopped. In KafkaJS 2.2.4 they give nothing at once instead: where the brokers change
 * at the moment of a stop, its fetch loop begins anew behind that stop, and spins in microtasks for ever. No timer and no
 * socket is served from then on, so nothing inside the process can end it any more.
 */
export function endStoppedFetches(): void {
  const { prototype } = require('kafkajs/src/consumer/runner.js') as { readonly prototype: Runner };
  if (patched.has(prototype)) return;
  patched.add(prototype);
  const { fetch } = prototype;
  prototype.fetch = async function fetchWhileRunning(nodeId) {
    if (!this.running) throw new Error('The consumer has stopped.');
    return fetch.call(this, nodeId);
  };
}
