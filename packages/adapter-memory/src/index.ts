export { FixedClock } from './fixed-clock.ts';
export { MemoryActivityRepository } from './memory-activity-repository.ts';
export { MemoryDeadLetterQueue } from './memory-dead-letter-queue.ts';
export { MemoryEventConsumer } from './memory-event-consumer.ts';
export { MemoryEventPublisher } from './memory-event-publisher.ts';
export { MemoryLog } from './memory-log.ts';
export { MemoryStore } from './memory-store.ts';
export { SequentialIds } from './sequential-ids.ts';
export { MemoryMetrics, type Reading } from './memory-metrics.ts';
