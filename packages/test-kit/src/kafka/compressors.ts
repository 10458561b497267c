import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import * as wasm from '@platformatic/wasm-utils';
import kafkajs from 'kafkajs';

type Change = (bytes: Buffer) => Buffer | Promise<Buffer>;

let inputBytes = 1024 * 1024;

/**
 * The change of a library that can't use its input buffer any more once its memory grew for an output, until it gets a larger
 * input (0.2.1).
 */
const mended =
  (change: (bytes: Buffer) => Buffer) =>
  (bytes: Buffer): Buffer => {
    try {
      return change(bytes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      inputBytes = Math.max(inputBytes * 2, bytes.length + 1);
      wasm.crc32c(Buffer.alloc(inputBytes));
      return change(bytes);
    }
  };

/** LZ4 frames, as other producers write them. */
export const lz4Compress: (bytes: Buffer) => Buffer = mended(wasm.lz4Compress);
/** Bare snappy. */
export const snappyCompress: (bytes: Buffer) => Buffer = mended(wasm.snappyCompress);
const lz4Decompress = mended(wasm.lz4Decompress);
const snappyDecompress = mended(wasm.snappyDecompress);

const codec = (compress: Change, decompress: Change) => () => ({
  compress: async ({ buffer }: { readonly buffer: Buffer }): Promise<Buffer> => compress(buffer),
  decompress: async (buffer: Buffer): Promise<Buffer> => decompress(buffer),
});

/** Has KafkaJS compress by each of Kafka's codecs, as other producers do; by itself it knows gzip alone. */
export function compressByAnyCodec(): void {
  const { CompressionCodecs: codecs, CompressionTypes: types } = kafkajs;
  codecs[types.Snappy] = codec(snappyCompress, snappyDecompress);
  codecs[types.LZ4] = codec(lz4Compress, lz4Decompress);
  codecs[types.ZSTD] = codec(promisify(zstdCompress), promisify(zstdDecompress));
}

// The flags of a frame with a checksum of its content, the size of its blocks, and the checksum of these two.
const checkedHeader = Buffer.from([0x64, 0x70, 0xb9]);

/** Has KafkaJS write LZ4 frames whose checksum of their content is wrong, which brokers take. */
export function compressLz4WithWrongChecksum(): void {
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.LZ4] = codec((bytes) => {
    const frame = lz4Compress(bytes);
    checkedHeader.copy(frame, 4);
    return Buffer.concat([frame, Buffer.from('bad!')]);
  }, lz4Decompress);
}
