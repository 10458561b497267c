import { Runner } from './kafkajs-inside.ts';

const patchedRunners = new WeakSet<object>();
const receivers = new WeakSet<object>();

/**
 * Makes KafkaJS pass all batches to the consumers that are run with this `eachBatch`, also those without records. KafkaJS 2.2.4 commits
 * control records and aborted records by itself, and says nothing about a fetch that returned nothing. Such a consumer resolves all offsets.
 */
export function deliverAllBatches(eachBatch: object): void {
  receivers.add(eachBatch);
  const { prototype } = Runner;
  if (patchedRunners.has(prototype)) return;
  patchedRunners.add(prototype);
  const { handleBatch } = prototype;
  prototype.handleBatch = async function handleAnyBatch(batch) {
    if (receivers.has(this.eachBatch))
      Object.assign(batch, { isEmpty: () => false, isEmptyDueToFiltering: () => false });
    return handleBatch.call(this, batch);
  };
}
