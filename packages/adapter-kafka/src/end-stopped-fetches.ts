import kafkajs from 'kafkajs';
import { Runner } from './kafkajs-inside.ts';

const patchedRunners = new WeakSet<object>();
const retiredHandlers = new WeakSet<object>();

/**
 * After this call, all fetches of the consumer that runs with this `eachBatch` fail. If a consumer is stopped while it joins its group,
 * KafkaJS still completes the join. The consumer would then keep its partitions for ever, and handle none of their records.
 */
export function retireConsumer(eachBatch: object): void {
  retiredHandlers.add(eachBatch);
}

/**
 * Makes the fetches of stopped consumers fail. In KafkaJS 2.2.4, they immediately return an empty result instead. If the brokers change
 * while a consumer stops, KafkaJS restarts its fetch loop, which then repeats such fetches for ever and blocks the event loop.
 */
export function endStoppedFetches(): void {
  const { prototype } = Runner;
  if (patchedRunners.has(prototype)) return;
  patchedRunners.add(prototype);
  const { fetch } = prototype;
  prototype.fetch = async function fetchWhileRunning(nodeId) {
    if (!this.running) throw new Error('The consumer has stopped.');
    if (retiredHandlers.has(this.eachBatch))
      throw new kafkajs.KafkaJSNonRetriableError('The consumer was retired.');
    return fetch.call(this, nodeId);
  };
}
