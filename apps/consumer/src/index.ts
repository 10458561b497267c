export { openConsumer } from './open-consumer.ts';
