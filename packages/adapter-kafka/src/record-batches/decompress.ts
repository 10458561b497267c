import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { tooLarge, UnreadableBytes } from './byte-reader.ts';
import { decompressLz4 } from './lz4-frame.ts';
import { decompressSnappy } from './snappy.ts';

const unzip = promisify(gunzip);
const unzstd = promisify(zstdDecompress);

interface Codec {
  readonly name: string;
  readonly decompress: (bytes: Buffer, maxBytes: number) => Buffer | Promise<Buffer>;
}

/** Kafka's codecs by their numbers. */
const codecs: Readonly<Record<number, Codec>> = {
  0: { name: 'uncompressed', decompress: (bytes) => bytes },
  1: { name: 'gzip', decompress: (bytes, maxOutputLength) => unzip(bytes, { maxOutputLength }) },
  2: { name: 'snappy', decompress: decompressSnappy },
  3: { name: 'lz4', decompress: decompressLz4 },
  4: { name: 'zstd', decompress: (bytes, maxOutputLength) => unzstd(bytes, { maxOutputLength }) },
};

/** The bytes that were compressed. Throws UnreadableBytes if the codec is not known, or the bytes are none of it or too many. */
export async function decompress(codec: number, bytes: Buffer, maxBytes: number): Promise<Buffer> {
  const known = codecs[codec];
  if (known === undefined) throw new UnreadableBytes(`its codec ${codec} is not known`);
  try {
    return await known.decompress(bytes, maxBytes);
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    if (isNotOfCodec(error)) throw new UnreadableBytes(`${known.name} can't decompress it`, { cause: error });
    throw error;
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Errors of zlib and zstd have a code of their own; the WebAssembly of lz4 and snappy traps. */
const isNotOfCodec = (error: unknown): boolean =>
  /^(?:Z_(?!MEM_ERROR)|ZSTD_error_(?!memory))/.test(codeOf(error)) ||
  (error instanceof Error && error.name === 'RuntimeError');
