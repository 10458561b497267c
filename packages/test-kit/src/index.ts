export {
  batchBytes,
  batchOf,
  type BatchParts,
  recordBytes,
  type RecordParts,
  varint,
} from './kafka/batch-bytes.ts';
export { lz4Compress, snappyCompress } from './kafka/compressors.ts';
export { browserBundle } from './clients/browser-bundle.ts';
export { type ChromiumProgram, chromiumProgram } from './clients/chromium.ts';
export { debianProgram } from './downloads/debian-program.ts';
export { GuardedProcess } from './process/guarded-process.ts';
export { CuttableSockets } from './network/cuttable-sockets.ts';
export { type FaultyProxy, faultyProxy, type EndFault } from './network/faulty-proxy.ts';
export { freePorts } from './network/free-ports.ts';
export { makeTlsFiles, type TlsFiles } from './network/tls-files.ts';
export {
  canRunInGo,
  checkInTypeScript,
  type ClientProgram,
  runInGo,
  runInPython,
  runInTypeScript,
} from './clients/generated-clients.ts';
export { inDatabase } from './mongodb/in-database.ts';
export { type Kafka, startKafka } from './kafka/kafka.ts';
export { type Mongod, startMongod } from './mongodb/mongod.ts';
export { fuzz, type FuzzOptions } from './fuzz/schemathesis.ts';
export { runKafkaTools } from './kafka/run-kafka-tools.ts';
export { runWithKafkaJava } from './kafka/kafka-java.ts';
export { makeTopic } from './kafka/make-topic.ts';
export { readTopic, type TopicRecord } from './kafka/read-topic.ts';
export { type ReplicaSet, startReplicaSet } from './mongodb/replica-set.ts';
export { makeSqliteFile, runSql } from './sqlite/run-sql.ts';
export { type ServiceOptions, ServiceProcess } from './process/service-process.ts';
export { parsePrometheusText, type Exposition, type Sample, sumOf } from './prometheus/prometheus-text.ts';
export { runWithSegmentJava } from './clients/segment-java.ts';
export { plainClient } from './kafka/plain-client.ts';
export { temporaryFolder } from './process/temporary-folder.ts';
export { TopicTools, type WrittenRecord } from './kafka/topic-tools.ts';
export { type Codec, codecs, type WrongLz4, writeTopic } from './kafka/write-topic.ts';
export { writeTransactions } from './kafka/write-transactions.ts';
