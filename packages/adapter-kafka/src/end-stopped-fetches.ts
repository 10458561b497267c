import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';

/** KafkaJS's own class of what fetches for a consumer; not among its exports. */
interface Runner {
  readonly running: boolean;
  readonly eachBatch: unknown;
  fetch: (this: Runner, nodeId: string) => Promise<unknown>;
}

const require = createRequire(import.meta.url);
const patched = new WeakSet<Runner>();
const retired = new WeakSet<object>();

/**
 * From now on the consumer that was run with this `eachBatch` is given nothing. KafkaJS forgets a consumer that is stopped while it
 * is still joining, and lets it join nevertheless: it would keep its share of the partitions for ever and handle none of it.
 */
export function retire(eachBatch: object): void {
  retired.add(eachBatch);
}

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
    if (isRetired(this.eachBatch)) throw new kafkajs.KafkaJSNonRetriableError('The consumer was retired.');
    return fetch.call(this, nodeId);
  };
}

const isRetired = (eachBatch: unknown): boolean => typeof eachBatch === 'function' && retired.has(eachBatch);
