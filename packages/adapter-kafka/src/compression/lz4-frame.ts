import { ByteReader, UnreadableBytes } from '@user-activity/record-batch';
import { RepeatingOutput } from './repeating-output.ts';

const magic = 0x184d2204;
const blockChecksums = 0x10;
const contentSize = 0x08;
const dictionaryId = 0x01;
const storedFlag = 0x8000_0000;
const minMatch = 4;
const expectedRatio = 4;

/**
 * Decompresses an LZ4 frame, the format of Kafka's lz4 codec. Ignores the checksums of the frame, because the batch has its own.
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export async function decompressLz4(frame: Buffer, maxBytes: number): Promise<Buffer> {
  if (frame.length < 7 || frame.readUInt32LE(0) !== magic) throw new UnreadableBytes('it is no LZ4 frame');
  const flags = frame.readUInt8(4);
  const output = new RepeatingOutput(expectedRatio * frame.length, maxBytes);
  const reader = new ByteReader(frame);
  reader.skip(7 + ((flags & contentSize) === 0 ? 0 : 8) + ((flags & dictionaryId) === 0 ? 0 : 4));
  for (;;) {
    const sizeField = frame.readUInt32LE(reader.skip(4));
    if (sizeField === 0) return output.toBuffer();
    const isStored = sizeField >= storedFlag;
    const size = isStored ? sizeField - storedFlag : sizeField;
    if (isStored) output.append(reader, size);
    else await decompressBlock(new ByteReader(frame, reader.skip(size), reader.position), output);
    if ((flags & blockChecksums) !== 0) reader.skip(4);
    if (output.isPauseDue(reader)) await output.pause(reader);
  }
}

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md */
async function decompressBlock(block: ByteReader, output: RepeatingOutput): Promise<void> {
  while (block.position < block.end) {
    const token = block.uint8();
    output.append(block, readLength(block, token >> 4));
    // The last sequence has only literal bytes.
    if (block.position === block.end) return;
    const distance = block.bytes.readUInt16LE(block.skip(2));
    output.repeat(distance, minMatch + readLength(block, token & 0x0f));
    if (output.isPauseDue(block)) await output.pause(block);
  }
}

/** Reads a length. It begins with 4 bits of the token. If all 4 are set, adds the following bytes, up to and including the first below 255. */
function readLength(block: ByteReader, start: number): number {
  let length = start;
  for (let more = start === 0x0f; more; ) {
    const byte = block.uint8();
    length += byte;
    more = byte === 0xff;
  }
  return length;
}
