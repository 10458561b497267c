/** An edit of a source file: replaces the text `find` with the text `put`. */
export interface Edit {
  /** The path of the file, from the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

const batchHandler = 'packages/adapter-kafka/src/batch-handler.ts';
const storeActivities = 'packages/application/src/storing/store-activities.ts';
const produceClient = 'packages/adapter-kafka/src/produce-client.ts';
const produceRequest = 'packages/adapter-kafka/src/produce-request.ts';

/** Edits of the sources that make the service break a promise, by the name of the breakage. A run with a breakage must find `lost` violations. */
export const breakages: Readonly<Record<string, readonly Edit[]>> = {
  // Commits and settles offsets before the records are stored. An early commit alone would lose nothing, because a consumer resumes at the
  // settled offset if that is lower.
  'commit-before-store': [
    {
      file: batchHandler,
      find: 'let from = position.handled;',
      put: 'let from = position.handled; let begin = from;',
    },
    {
      file: batchHandler,
      find: 'if (await this.#isHandled(records, signal, { partition, from, to })) break;',
      put: 'begin = from; break;',
    },
    {
      file: batchHandler,
      find: 'await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());',
      put:
        'await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets()); for (let failures = 1; !signal.aborted; failures += 1) ' +
        '{ if (await this.#isHandled(records, signal, { partition, from: begin, to })) break; await backOff(failures, signal); }',
    },
    {
      file: storeActivities,
      find: 'const stored = await unlessErased(',
      put: 'await settleTo(to); const stored = await unlessErased(',
    },
  ],
  'acks-1': [
    { file: produceRequest, find: 'const allInSyncReplicas = -1;', put: 'const allInSyncReplicas = 1;' },
  ],
  // Uses the idempotent producer of KafkaJS as other programs do: one producer for the whole process, which retries by itself.
  'idempotent-producer': [
    {
      file: produceClient,
      find: 'allowAutoTopicCreation: false,',
      put: 'allowAutoTopicCreation: false, idempotent: true, maxInFlightRequests: 1, retry: { retries: 1, initialRetryTime: 50 },',
    },
    {
      file: produceClient,
      find: 'await cluster.refreshMetadataIfNecessary();',
      put:
        'const messages = [...records].flatMap(([partition, own]) => own.map(({ key, value, headers, timestamp }) => ' +
        '({ key, value, headers, partition, timestamp: String(timestamp) }))); ' +
        'const responses = await this.#producer.send({ topic: this.#topic, acks: -1, timeout: this.#timeoutMs, messages }); ' +
        'for (const response of responses) onProduced(response); return;',
    },
    {
      file: 'packages/adapter-kafka/src/confirmed-producer.ts',
      find: 'connection.client(timeoutMs,',
      put: 'connection.client(500,',
    },
    {
      file: 'packages/adapter-kafka/src/renewable.ts',
      find: 'if (this.#current === current) this.#current = undefined;',
      put: 'if (this.#current !== undefined) throw error;',
    },
    {
      file: 'packages/adapter-kafka/src/kafka-event-publisher.ts',
      find: 'this.#queue.putBack(',
      put: 'for (const { call } of entries) this.#settle(call, () => call.reject(logUnavailable(failure))); this.#queue.putBack(',
    },
  ],
  'duplicate-key-swallowed': [
    {
      file: 'packages/adapter-mongodb/src/insert-new.ts',
      find: 'if (code === duplicateKey) taken.push(refused);',
      put: 'if (code === duplicateKey) continue;',
    },
  ],
  'project-ignored': [
    {
      file: 'packages/domain/src/activity/activity-key.ts',
      find: 'project === ProjectId.default ? id : `${project} ${id}`',
      put: 'project === ProjectId.default ? id : id',
    },
  ],
  'unsettled-in-feed': [
    {
      file: 'packages/domain/src/feed/feed-walk.ts',
      find: 'const to = settled[partition] ?? 0;',
      put: 'const to = (settled[partition] ?? 0) + 1000;',
    },
  ],
  'settled-ignored': [
    {
      file: 'packages/application/src/storing/resume-storing.ts',
      find: 'return Math.min(from, next);',
      put: 'return next;',
    },
    {
      file: storeActivities,
      find: 'settledOffsets.settle({ log, partition, from, to: end });',
      put: 'settledOffsets.settle({ log, partition, from, to: end }).then(() => true);',
    },
  ],
};
