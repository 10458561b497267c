import type { DeadLetterQueue } from '@user-activity/domain';

/** Several queues of dead letters as one: a letter counts as kept once each of them, in their order, has it. */
export const inEachQueue = (...queues: readonly DeadLetterQueue[]): DeadLetterQueue => ({
  async add(letters) {
    for (const queue of queues) await queue.add(letters);
  },
});
