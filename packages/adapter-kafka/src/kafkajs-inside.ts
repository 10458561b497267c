/// <reference types="./kafkajs-modules.d.ts" />

// The internal modules of KafkaJS 2.2.4 that we use. Check them after each update of KafkaJS. The imports are static, so that a
// bundler finds the modules, and includes each only once for us and for KafkaJS.
export { default as OffsetManager } from 'kafkajs/src/consumer/offsetManager/index.js';
export type { CommitRequest, Coordinator } from 'kafkajs/src/consumer/offsetManager/index.js';
export { default as Runner } from 'kafkajs/src/consumer/runner.js';
export { default as Encoder } from 'kafkajs/src/protocol/encoder.js';
export { default as protocolErrors } from 'kafkajs/src/protocol/error.js';
export { default as decodeMessages } from 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js';
