import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { partitionOf } from '@user-activity/domain';
import { ByteWriter, writeRecordBatch } from '@user-activity/record-batch';
import type { PlainRecord } from './plain-record.ts';

const produceKey = 0;
const produceVersion = 3;
const acksFromAllReplicas = -1;
const timeoutMs = 10_000;
// An upper bound for the bytes of a record besides its key and its value.
const recordOverhead = 500;

/** Writes records to a topic by Produce requests on a raw socket, one request at a time. Records published meanwhile go into the next request. */
export class BareProducer {
  readonly #socket: Socket;
  readonly #topic: Buffer;
  readonly #partitions: number;
  readonly #partitionOfKey = new Map<string, number>();
  #queue: PlainRecord[] = [];
  #next = Promise.withResolvers<void>();
  #isBusy = false;
  #answer = Promise.withResolvers<Buffer>();
  #received: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket, topic: string, partitions: number) {
    this.#socket = socket;
    this.#topic = Buffer.from(topic);
    this.#partitions = partitions;
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
  }

  static async connect(broker: string, topic: string, partitions: number): Promise<BareProducer> {
    const [host = '', port = ''] = broker.split(':');
    const socket = connect({ host, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new BareProducer(socket, topic, partitions);
  }

  /** Resolves once the broker has confirmed that the log holds the records. */
  publish(records: readonly PlainRecord[]): Promise<void> {
    for (const record of records) this.#queue.push(record);
    const { promise } = this.#next;
    if (!this.#isBusy) {
      this.#isBusy = true;
      setImmediate(() => void this.#flush());
    }
    return promise;
  }

  async #flush(): Promise<void> {
    while (this.#queue.length > 0) {
      const records = this.#queue;
      const { resolve, reject } = this.#next;
      this.#queue = [];
      this.#next = Promise.withResolvers();
      this.#answer = Promise.withResolvers();
      this.#send(records);
      try {
        this.#check(await this.#answer.promise);
        resolve();
      } catch (error) {
        reject(error);
      }
    }
    this.#isBusy = false;
  }

  #send(records: readonly PlainRecord[]): void {
    const byPartition = new Map<number, PlainRecord[]>();
    for (const record of records) {
      const partition = this.#partitionOf(record.key);
      const list = byPartition.get(partition);
      if (list === undefined) byPartition.set(partition, [record]);
      else list.push(record);
    }
    const parts: Uint8Array[] = [this.#requestHead(byPartition.size)];
    for (const [partition, list] of byPartition) {
      const batch = encodeBatch(list);
      const head = Buffer.allocUnsafe(8);
      head.writeInt32BE(partition, 0);
      head.writeInt32BE(batch.length, 4);
      parts.push(head, batch);
    }
    const size = Buffer.allocUnsafe(4);
    size.writeInt32BE(
      parts.reduce((sum, part) => sum + part.length, 0),
      0,
    );
    this.#socket.cork();
    this.#socket.write(size);
    for (const part of parts) this.#socket.write(part);
    this.#socket.uncork();
  }

  /** Returns the beginning of a Produce request, up to the number of partitions. */
  #requestHead(partitions: number): Buffer {
    const head = Buffer.alloc(30 + this.#topic.length);
    head.writeInt16BE(produceKey, 0);
    head.writeInt16BE(produceVersion, 2);
    head.writeInt32BE(1, 4);
    // Null strings: no client id, and no transactional id.
    head.writeInt16BE(-1, 8);
    head.writeInt16BE(-1, 10);
    head.writeInt16BE(acksFromAllReplicas, 12);
    head.writeInt32BE(timeoutMs, 14);
    head.writeInt32BE(1, 18);
    head.writeInt16BE(this.#topic.length, 22);
    this.#topic.copy(head, 24);
    head.writeInt32BE(partitions, 24 + this.#topic.length);
    return head.subarray(0, 28 + this.#topic.length);
  }

  /** Throws if the response has an error code for a partition. */
  #check(answer: Buffer): void {
    let position = 8 + 2 + this.#topic.length;
    const partitions = answer.readInt32BE(position);
    position += 4;
    for (let index = 0; index < partitions; index += 1, position += 22) {
      const code = answer.readInt16BE(position + 4);
      if (code !== 0) throw new Error(`The broker refused records with the error code ${code}.`);
    }
  }

  #receive(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    if (this.#received.length < 4 || this.#received.length < 4 + this.#received.readInt32BE(0)) return;
    const answer = this.#received.subarray(4);
    this.#received = Buffer.alloc(0);
    this.#answer.resolve(answer);
  }

  #partitionOf(key: string): number {
    let partition = this.#partitionOfKey.get(key);
    if (partition === undefined) {
      partition = partitionOf(Buffer.from(key), this.#partitions);
      this.#partitionOfKey.set(key, partition);
    }
    return partition;
  }
}

function encodeBatch(records: readonly PlainRecord[]): Uint8Array {
  const writer = new ByteWriter(
    records.reduce((sum, { key, value }) => sum + recordOverhead + key.length + value.length, 0),
  );
  writeRecordBatch(writer, records);
  return writer.view();
}
