import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';

const [compress, decompress] = [promisify(zstdCompress), promisify(zstdDecompress)];

/** Lets KafkaJS read what others compressed with zstd; gzip it knows. What is compressed with snappy or lz4 nobody here can read. */
export function readZstd(): void {
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
    compress: (encoder: { readonly buffer: Buffer }) => compress(encoder.buffer),
    decompress: (buffer: Buffer) => decompress(buffer),
  });
}
