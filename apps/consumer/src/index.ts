export { openConsumer } from './composition.ts';
