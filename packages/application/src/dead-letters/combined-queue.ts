import type { DeadLetterQueue } from '@user-activity/domain';

/** Combines several queues into one that adds dead letters to each of them in turn, and resolves once all queues have the letters. */
export const combinedQueue = (...queues: readonly DeadLetterQueue[]): DeadLetterQueue => ({
  async add(letters) {
    for (const queue of queues) await queue.add(letters);
  },
});
