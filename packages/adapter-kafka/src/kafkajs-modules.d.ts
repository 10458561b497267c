// Types of modules inside KafkaJS 2.2.4, which has none for them. `kafkajs-inside.ts` imports the modules.
declare module 'kafkajs/src/consumer/runner.js' {
  /** The records of one partition that a fetch returned. */
  export interface Batch {
    isEmpty(): boolean;
    isEmptyDueToFiltering(): boolean;
  }

  /** The fetch loop of a consumer. */
  export interface Runner {
    readonly running: boolean;
    readonly eachBatch: object;
    handleBatch: (this: Runner, batch: Batch) => Promise<void>;
    fetch: (this: Runner, nodeId: string) => Promise<unknown>;
  }

  const Runner: { readonly prototype: Runner };
  export default Runner;
}

declare module 'kafkajs/src/consumer/offsetManager/index.js' {
  export interface CommitRequest {
    readonly topics: readonly { readonly topic: string; readonly partitions: readonly object[] }[];
  }

  /** The broker that keeps the offsets of a group. */
  export interface Coordinator {
    offsetCommit(request: CommitRequest): Promise<unknown>;
    offsetFetch(request: object): Promise<unknown>;
  }

  /** Commits the offsets of a consumer. `cluster` is the `Cluster` that `with-cluster.ts` describes. */
  export interface OffsetManager {
    readonly cluster: object;
    getCoordinator: (this: OffsetManager) => Promise<Coordinator>;
  }

  const OffsetManager: { readonly prototype: OffsetManager };
  export default OffsetManager;
}

declare module 'kafkajs/src/protocol/encoder.js' {
  /** Writes requests. */
  export interface Encoder {
    readonly buffer: Buffer;
    writeBoolean(value: boolean): Encoder;
    writeUVarInt(value: number): Encoder;
    writeUVarIntString(value: string): Encoder;
    writeBuffer(bytes: Buffer): Encoder;
  }

  const Encoder: new () => Encoder;
  export default Encoder;
}

declare module 'kafkajs/src/protocol/error.js' {
  const errors: {
    readonly failure: (code: number) => boolean;
    readonly createErrorFromCode: (code: number) => Error;
  };
  export default errors;
}

declare module 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js' {
  import type { RecordBatchEntry } from 'kafkajs';

  /** Reads the records of a partition. Our patch of KafkaJS adds `readRecordBatches`, and calls the function that it holds. */
  const decodeMessages: {
    readRecordBatches:
      | ((bytes: Buffer, response: object) => Promise<readonly RecordBatchEntry[]>)
      | undefined;
  };
  export default decodeMessages;
}
