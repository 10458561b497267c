import { lz4Decompress } from '@platformatic/wasm-utils';
import { TooManyBytes, UnreadableBytes } from './byte-reader.ts';

const magic = 0x184d2204;
const blockChecksums = 0x10;
const contentSize = 0x08;
const dictionaryId = 0x01;
const storedFlag = 0x8000_0000;
const maxRatio = 255;

/** The content of an LZ4 frame, which is what Kafka's lz4 is. `maxBytes` bounds what its blocks can come to. */
export function decompressLz4(frame: Buffer, maxBytes: number): Buffer {
  if (maxContentOf(frame) > maxBytes) throw new TooManyBytes(maxBytes);
  return lz4Decompress(frame);
}

/** At most so many bytes the frame holds. https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md */
function maxContentOf(frame: Buffer): number {
  if (frame.length < 7 || frame.readUInt32LE(0) !== magic) throw new UnreadableBytes('it is no LZ4 frame');
  const flags = frame.readUInt8(4);
  const maxBlock = 1 << (8 + 2 * ((frame.readUInt8(5) >> 4) & 0x07));
  let position = 7 + ((flags & contentSize) === 0 ? 0 : 8) + ((flags & dictionaryId) === 0 ? 0 : 4);
  for (let content = 0; ; ) {
    if (position + 4 > frame.length) throw new UnreadableBytes('its LZ4 frame has no end');
    const said = frame.readUInt32LE(position);
    if (said === 0) return content;
    const stored = said >= storedFlag;
    const size = stored ? said - storedFlag : said;
    content += stored ? size : Math.min(maxBlock, maxRatio * size);
    position += 4 + size + ((flags & blockChecksums) === 0 ? 0 : 4);
  }
}
