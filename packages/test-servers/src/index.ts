export { lz4Compress, snappyCompress } from './compressors.ts';
export { type ChromiumProgram, chromiumProgram } from './chromium.ts';
export { CuttableSockets } from './cuttable-sockets.ts';
export { type FaultyProxy, faultyProxy, type Mend } from './faulty-proxy.ts';
export { freePorts } from './free-ports.ts';
export {
  canRunInGo,
  type ClientProgram,
  runInGo,
  runInPython,
  runInTypeScript,
} from './generated-clients.ts';
export { inDatabase } from './in-database.ts';
export { type Kafka, startKafka } from './kafka.ts';
export { type Mongod, startMongod } from './mongod.ts';
export { fuzz, type Fuzzing } from './schemathesis.ts';
export { readTopic, type TopicRecord } from './read-topic.ts';
export { type ReplicaSet, startReplicaSet } from './replica-set.ts';
export { type ServiceOptions, ServiceProcess } from './service-process.ts';
export { parsePrometheusText, type Exposition, type Sample, sumOf } from './prometheus-text.ts';
export { runWithSegmentJava } from './segment-java.ts';
export { stranger } from './stranger.ts';
export { temporaryFolder } from './temporary-folder.ts';
export { TopicTools, type WrittenRecord } from './topic-tools.ts';
export { type Codec, codecs, type WrongLz4, writeTopic } from './write-topic.ts';
export { type WalkedLogs, walkLogsWhileOthersWrite } from './walk-logs.ts';
