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
