import type { DeadLetterQueue } from '@user-activity/domain';

/** Combines several queues into one. It adds letters to each queue in turn, and resolves once all of them have the letters. */
export const combinedQueue = (...queues: readonly DeadLetterQueue[]): DeadLetterQueue => ({
  async add(letters) {
    for (const queue of queues) await queue.add(letters);
  },
});
