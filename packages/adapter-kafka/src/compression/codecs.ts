import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { type Codec, type Codecs, TooManyBytes, UnreadableBytes } from '@user-activity/record-batch';
import { decompressLz4 } from './lz4-frame.ts';
import { decompressSnappy } from './snappy.ts';

const unzip = promisify(gunzip);
const unzstd = promisify(zstdDecompress);

/** Makes a codec from a decompressor of `node:zlib`. */
const zlibCodec = (
  name: string,
  decompress: (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>,
): Codec => ({
  async decompress(bytes, maxOutputLength) {
    try {
      return await decompress(bytes, { maxOutputLength });
    } catch (error) {
      if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw new TooManyBytes(maxOutputLength);
      if (isFaultOfBytes(error)) throw new UnreadableBytes(`${name} can't decompress it`, { cause: error });
      throw error;
    }
  },
});

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Returns whether the error comes from bad bytes. If memory was too low, the bytes may be good, and are fetched again. */
const isFaultOfBytes = (error: unknown): boolean =>
  /^(?:Z_(?!MEM_ERROR)|ZSTD_error_(?!memory))/.test(codeOf(error));

/** Kafka's compression codecs, by their number in the header of a batch. */
export const codecs: Codecs = new Map([
  [1, zlibCodec('gzip', unzip)],
  [2, { decompress: decompressSnappy }],
  [3, { decompress: decompressLz4 }],
  [4, zlibCodec('zstd', unzstd)],
]);
