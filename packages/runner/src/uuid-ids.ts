import { randomFillSync } from 'node:crypto';
import { ActivityId, type IdGenerator } from '@user-activity/domain';
import { v7 } from 'uuid';

const bytesOfId = 16;

/** Makes UUIDs of version 7 (RFC 9562). They begin with the time, so later ids sort later. */
export class UuidIds implements IdGenerator {
  // Filled for 256 ids at once, because a call for 16 random bytes costs as much as one for thousands.
  readonly #random: Uint8Array = new Uint8Array(bytesOfId * 256);
  #used: number = this.#random.length;
  #milliseconds = 0;
  #sequence = 0;

  next(): ActivityId {
    if (this.#used === this.#random.length) {
      randomFillSync(this.#random);
      this.#used = 0;
    }
    const random = this.#random.subarray(this.#used, this.#used + bytesOfId);
    this.#used += bytesOfId;
    this.#advance(random);
    return ActivityId.trusted(v7({ random, msecs: this.#milliseconds, seq: this.#sequence }));
  }

  /**
   * Within a millisecond, counts up from a random number (RFC 9562, section 6.2, method 1) whose highest bit is zero, so that
   * it does not overflow. If the clock goes back, ids keep the last time.
   */
  #advance(random: Uint8Array): void {
    const now = Date.now();
    if (now > this.#milliseconds) {
      this.#milliseconds = now;
      this.#sequence = new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1;
    } else this.#sequence += 1;
  }
}
