import { ByteReader, TooManyBytes, UnreadableBytes } from '@user-activity/record-batch';
import { RepeatingOutput } from './repeating-output.ts';

// A frame of xerial's library, which Kafka's Java clients use, begins with these bytes. Two version numbers of 4 bytes each follow.
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const xerialHeader = 16;
const maxLengthBytes = 5;
const expectedRatio = 4;

/** Decompresses snappy blocks in a frame of xerial's library, or a single block without a frame. */
export async function decompressSnappy(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  const output = new RepeatingOutput(expectedRatio * bytes.length, maxBytes);
  const reader = new ByteReader(bytes);
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic))
    await decompressBlock(reader, output, maxBytes);
  else {
    reader.skip(xerialHeader);
    while (reader.position < reader.end) {
      const size = bytes.readUInt32BE(reader.skip(4));
      await decompressBlock(new ByteReader(bytes, reader.skip(size), reader.position), output, maxBytes);
    }
  }
  return output.toBuffer();
}

/** https://github.com/google/snappy/blob/main/format_description.txt */
async function decompressBlock(block: ByteReader, output: RepeatingOutput, maxBytes: number): Promise<void> {
  const end = output.length + contentLength(block);
  if (end > maxBytes) throw new TooManyBytes(maxBytes);
  while (block.position < block.end) {
    addElement(block, output);
    if (output.isPauseDue(block)) await output.pause(block);
  }
  if (output.length !== end) throw new UnreadableBytes('the length of its snappy block is wrong');
  if (output.isPauseDue(block)) await output.pause(block);
}

function addElement(block: ByteReader, output: RepeatingOutput): void {
  const tag = block.uint8();
  const upper = tag >> 2;
  switch (tag & 0x03) {
    case 0:
      return output.append(block, 1 + (upper < 60 ? upper : littleEndian(block, upper - 59)));
    case 1:
      return output.repeat(((tag >> 5) << 8) | block.uint8(), 4 + (upper & 0x07));
    case 2:
      return output.repeat(littleEndian(block, 2), 1 + upper);
    default:
      return output.repeat(littleEndian(block, 4), 1 + upper);
  }
}

const littleEndian = (block: ByteReader, size: number): number =>
  block.bytes.readUIntLE(block.skip(size), size);

/** Reads the decompressed length at the beginning of a block: 7 bits to a byte, lowest bits first. */
function contentLength(block: ByteReader): number {
  let length = 0;
  for (let index = 0; index < maxLengthBytes; index += 1) {
    const byte = block.uint8();
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new UnreadableBytes('its snappy block has no length');
}
