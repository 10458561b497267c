import { Runner } from './kafkajs-inside.ts';

const patchedRunners = new WeakSet<object>();
const receivers = new WeakSet<object>();

/**
 * Makes KafkaJS pass all batches to this `eachBatch`, including batches without records. By default, KafkaJS 2.2.4 commits the offsets of
 * control records and aborted records by itself, and does not report a fetch that returned nothing. `eachBatch` must resolve all offsets.
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
