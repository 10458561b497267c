import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import * as wasm from '@platformatic/wasm-utils';
import kafkajs from 'kafkajs';

type Conversion = (bytes: Buffer) => Buffer | Promise<Buffer>;

let inputBytes = 1024 * 1024;

/**
 * Works around a bug of @platformatic/wasm-utils 0.2.1. After its memory has grown for an output, it cannot use its input buffer until
 * it gets a larger input. So the retry gives it a larger input first.
 */
const withRetry =
  (convert: (bytes: Buffer) => Buffer) =>
  (bytes: Buffer): Buffer => {
    try {
      return convert(bytes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      inputBytes = Math.max(inputBytes * 2, bytes.length + 1);
      wasm.crc32c(Buffer.alloc(inputBytes));
      return convert(bytes);
    }
  };

/** Compresses to an LZ4 frame, as other producers do. */
export const lz4Compress: (bytes: Buffer) => Buffer = withRetry(wasm.lz4Compress);
/** Compresses to snappy without a frame. */
export const snappyCompress: (bytes: Buffer) => Buffer = withRetry(wasm.snappyCompress);
const lz4Decompress = withRetry(wasm.lz4Decompress);
const snappyDecompress = withRetry(wasm.snappyDecompress);

const codec = (compress: Conversion, decompress: Conversion) => () => ({
  compress: async ({ buffer }: { readonly buffer: Buffer }): Promise<Buffer> => compress(buffer),
  decompress: async (buffer: Buffer): Promise<Buffer> => decompress(buffer),
});

/** Registers all codecs of Kafka with KafkaJS, which has only gzip. */
export function compressByAnyCodec(): void {
  const { CompressionCodecs: codecs, CompressionTypes: types } = kafkajs;
  codecs[types.Snappy] = codec(snappyCompress, snappyDecompress);
  codecs[types.LZ4] = codec(lz4Compress, lz4Decompress);
  codecs[types.ZSTD] = codec(promisify(zstdCompress), promisify(zstdDecompress));
}

// The flags of a frame with a content checksum, the block size, and the checksum of these two bytes.
const checkedHeader = Buffer.from([0x64, 0x70, 0xb9]);

/** Makes KafkaJS write LZ4 frames with a wrong content checksum. Brokers accept them. */
export function compressLz4WithWrongChecksum(): void {
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.LZ4] = codec((bytes) => {
    const frame = lz4Compress(bytes);
    checkedHeader.copy(frame, 4);
    return Buffer.concat([frame, Buffer.from('bad!')]);
  }, lz4Decompress);
}
