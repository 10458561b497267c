/// <reference types="./kafkajs-modules.d.ts" />

// What we use of the inside of KafkaJS 2.2.4. A change of KafkaJS must be checked here. The imports are static, so that a
// bundler finds the modules, and takes the same ones as KafkaJS itself.
export { default as OffsetManager } from 'kafkajs/src/consumer/offsetManager/index.js';
export type { CommitRequest, Coordinator } from 'kafkajs/src/consumer/offsetManager/index.js';
export { default as Runner } from 'kafkajs/src/consumer/runner.js';
export { default as Encoder } from 'kafkajs/src/protocol/encoder.js';
export { default as protocolErrors } from 'kafkajs/src/protocol/error.js';
export { default as decodeMessages } from 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js';
