export { KafkaConnection, type KafkaConnectionOptions } from './kafka-connection.ts';
export { KafkaDeadLetterQueue } from './kafka-dead-letter-queue.ts';
export { KafkaEventConsumer } from './kafka-event-consumer.ts';
export { KafkaEventPublisher, type KafkaEventPublisherOptions } from './kafka-event-publisher.ts';
export { KafkaTopic } from './kafka-topic.ts';
export { TopicError, type TopicPlan } from './prepare-topic.ts';
