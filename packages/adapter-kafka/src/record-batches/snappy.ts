import { snappyDecompress } from '@platformatic/wasm-utils';
import { TooManyBytes, UnreadableBytes } from './byte-reader.ts';

// What xerial's library frames its blocks with, and with it Kafka's clients in Java. Two versions follow, of 4 bytes each.
const xerial = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const xerialHeader = 16;
const maxLengthBytes = 5;

/** The content of what a producer compressed with snappy: blocks in xerial's frame, or one bare block. */
export function decompressSnappy(bytes: Buffer, maxBytes: number): Buffer {
  const blocks = bytes.subarray(0, xerial.length).equals(xerial) ? [...blocksOf(bytes)] : [bytes];
  const length = blocks.reduce((sum, block) => sum + lengthOf(block), 0);
  if (length > maxBytes) throw new TooManyBytes(maxBytes);
  return Buffer.concat(blocks.map((block) => snappyDecompress(block)));
}

function* blocksOf(bytes: Buffer): Generator<Buffer> {
  for (let position = xerialHeader; position < bytes.length; ) {
    if (position + 4 > bytes.length) throw new UnreadableBytes('its snappy frame is cut short');
    const end = position + 4 + bytes.readUInt32BE(position);
    if (end > bytes.length) throw new UnreadableBytes('its snappy frame is cut short');
    yield bytes.subarray(position + 4, end);
    position = end;
  }
}

/** How long the content of a block is, which it begins with: 7 bits to a byte, the lowest first. */
function lengthOf(block: Buffer): number {
  let length = 0;
  for (const [index, byte] of block.subarray(0, maxLengthBytes).entries()) {
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new UnreadableBytes('its snappy block has no length');
}
