import { hash, randomFillSync } from 'node:crypto';
import { ActivityId, type IdGenerator } from '@user-activity/domain';
import { v7 } from 'uuid';

const bytesPerId = 16;

/** Makes UUIDs of version 7 (RFC 9562). They begin with the time, so later ids sort later. */
export class UuidIds implements IdGenerator {
  // Random bytes for 256 ids, because a system call for 16 bytes takes as long as a call for thousands.
  readonly #randomBytes: Uint8Array = new Uint8Array(bytesPerId * 256);
  #usedBytes: number = this.#randomBytes.length;
  #latestMs = 0;
  #sequence = 0;

  next(): ActivityId {
    if (this.#usedBytes === this.#randomBytes.length) {
      randomFillSync(this.#randomBytes);
      this.#usedBytes = 0;
    }
    const idBytes = this.#randomBytes.subarray(this.#usedBytes, this.#usedBytes + bytesPerId);
    this.#usedBytes += bytesPerId;
    this.#setTimeAndSequence(idBytes);
    return ActivityId.trusted(v7({ random: idBytes, msecs: this.#latestMs, seq: this.#sequence }));
  }

  sha256(text: string): string {
    return hash('sha256', text, 'base64url');
  }

  /**
   * Sets the time and the sequence number of the next id. Each new millisecond begins with a random sequence number, whose highest
   * bit is zero to prevent an overflow (RFC 9562, section 6.2, method 1). If the clock goes back, the time stays the same.
   */
  #setTimeAndSequence(idBytes: Uint8Array): void {
    const now = Date.now();
    if (now > this.#latestMs) {
      this.#latestMs = now;
      this.#sequence = new DataView(idBytes.buffer, idBytes.byteOffset).getUint32(6) >>> 1;
    } else this.#sequence += 1;
  }
}
