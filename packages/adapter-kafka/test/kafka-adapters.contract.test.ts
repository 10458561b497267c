import {
  deadLetterQueueContract,
  describeContract,
  eventConsumerContract,
  eventPublisherContract,
} from '@user-activity/port-contracts';
import { kafkaDeadLetters, kafkaLog } from './kafka-subjects.ts';

describeContract('KafkaEventPublisher', eventPublisherContract, kafkaLog);
describeContract('KafkaEventConsumer', eventConsumerContract, kafkaLog);
describeContract('KafkaDeadLetterQueue', deadLetterQueueContract, kafkaDeadLetters);
