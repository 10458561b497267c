import { MemoryEventConsumer, MemoryEventPublisher, MemoryLog } from '@user-activity/adapter-memory';
import { describeContract, eventConsumerContract } from '@user-activity/port-contracts';
import type { EventConsumer } from '@user-activity/domain';
import { RestartingConsumer } from '../src/restarting-consumer.ts';

describeContract('RestartingConsumer', eventConsumerContract, async () => {
  const log = new MemoryLog();
  const consumers: EventConsumer[] = [];
  return {
    openPublisher: async (options) => new MemoryEventPublisher(log, options),
    async openConsumer(group) {
      const consumer = new RestartingConsumer({
        make: () => new MemoryEventConsumer(log, group),
        pause: async () => undefined,
        onRestart: () => undefined,
      });
      consumers.push(consumer);
      return consumer;
    },
    async append(record) {
      log.appendRaw(record);
      return record;
    },
    skipOffsets: async (partition) => log.skipOffset(partition),
    marksCommits: true,
    async interrupt() {
      log.reachable = false;
      return async () => {
        log.reachable = true;
      };
    },
    async close() {
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    },
  };
});
