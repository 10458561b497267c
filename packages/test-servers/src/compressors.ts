import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { lz4Compress, lz4Decompress, snappyCompress, snappyDecompress } from '@platformatic/wasm-utils';
import kafkajs from 'kafkajs';

type Change = (bytes: Buffer) => Buffer | Promise<Buffer>;

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
