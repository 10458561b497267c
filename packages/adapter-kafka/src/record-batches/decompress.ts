import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { TooManyBytes, UnreadableBytes } from './byte-reader.ts';
import { decompressLz4 } from './lz4-frame.ts';
import { decompressSnappy } from './snappy.ts';

const unzip = promisify(gunzip);
const unzstd = promisify(zstdDecompress);

interface Codec {
  readonly name: string;
  readonly decompress: (bytes: Buffer, maxBytes: number) => Buffer | Promise<Buffer>;
}

/** Kafka's codecs, by number. */
const codecs: Readonly<Record<number, Codec>> = {
  0: { name: 'uncompressed', decompress: (bytes) => bytes },
  1: { name: 'gzip', decompress: (bytes, maxOutputLength) => unzip(bytes, { maxOutputLength }) },
  2: { name: 'snappy', decompress: decompressSnappy },
  3: { name: 'lz4', decompress: decompressLz4 },
  4: { name: 'zstd', decompress: (bytes, maxOutputLength) => unzstd(bytes, { maxOutputLength }) },
};

/** Returns the codec with this number. Throws UnreadableBytes if the number is unknown. */
export function codecOf(number: number): Codec {
  const codec = codecs[number];
  if (codec === undefined) throw new UnreadableBytes(`its codec ${number} is unknown`);
  return codec;
}

/** Throws UnreadableBytes if the codec can't read the bytes, and TooManyBytes if the result exceeds the limit. */
export async function decompress(codec: Codec, bytes: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await codec.decompress(bytes, maxBytes);
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw new TooManyBytes(maxBytes);
    if (isFaultOfBytes(error))
      throw new UnreadableBytes(`${codec.name} can't decompress it`, { cause: error });
    throw error;
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Returns whether zlib or zstd refused the bytes. Lack of memory does not count: the batch may be good, and is fetched again. */
const isFaultOfBytes = (error: unknown): boolean =>
  /^(?:Z_(?!MEM_ERROR)|ZSTD_error_(?!memory))/.test(codeOf(error));
