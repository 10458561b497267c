import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import * as wasm from '@platformatic/wasm-utils';
import kafkajs from 'kafkajs';

type Conversion = (bytes: Buffer) => Buffer | Promise<Buffer>;

let lastInputBytes = 1024 * 1024;

/**
 * Works around a bug of @platformatic/wasm-utils 0.2.1. After its memory has grown for an output, it fails until it gets an input that is
 * larger than all earlier inputs. So this function passes such an input before it retries.
 */
const withRetry =
  (convert: (bytes: Buffer) => Buffer) =>
  (bytes: Buffer): Buffer => {
    try {
      return convert(bytes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      lastInputBytes = Math.max(lastInputBytes * 2, bytes.length + 1);
      wasm.crc32c(Buffer.alloc(lastInputBytes));
      return convert(bytes);
    }
  };

/** Compresses to an LZ4 frame, as other producers do. */
export const lz4Compress: (bytes: Buffer) => Buffer = withRetry(wasm.lz4Compress);
/** Compresses to snappy without a frame. */
export const snappyCompress: (bytes: Buffer) => Buffer = withRetry(wasm.snappyCompress);
const lz4Decompress = withRetry(wasm.lz4Decompress);
const snappyDecompress = withRetry(wasm.snappyDecompress);

const makeCodec = (compress: Conversion, decompress: Conversion) => () => ({
  compress: async ({ buffer }: { readonly buffer: Buffer }): Promise<Buffer> => compress(buffer),
  decompress: async (buffer: Buffer): Promise<Buffer> => decompress(buffer),
});

/** Registers the codecs of Kafka that KafkaJS lacks: it has only gzip. */
export function registerCodecs(): void {
  const { CompressionCodecs: codecs, CompressionTypes: types } = kafkajs;
  codecs[types.Snappy] = makeCodec(snappyCompress, snappyDecompress);
  codecs[types.LZ4] = makeCodec(lz4Compress, lz4Decompress);
  codecs[types.ZSTD] = makeCodec(promisify(zstdCompress), promisify(zstdDecompress));
}

// The header of an LZ4 frame with a content checksum: the flags, the block size, and the checksum of these two bytes.
const checksumHeader = Buffer.from([0x64, 0x70, 0xb9]);

/** Makes KafkaJS write LZ4 frames with a wrong content checksum. Brokers accept such frames. */
export function registerLz4WithWrongChecksum(): void {
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.LZ4] = makeCodec((bytes) => {
    const frame = lz4Compress(bytes);
    checksumHeader.copy(frame, 4);
    return Buffer.concat([frame, Buffer.from('bad!')]);
  }, lz4Decompress);
}
