import { randomFillSync } from 'node:crypto';
import { ActivityId, type IdGenerator } from '@user-activity/domain';
import { v7 } from 'uuid';

const bytesOfId = 16;

/** Makes UUIDs of version 7 (RFC 9562): they begin with the time, so those that are made later sort later. */
export class UuidIds implements IdGenerator {
  // Filled for many ids at once: to ask for 16 random bytes costs as much as to ask for thousands.
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
   * Within a millisecond ids are counted from a random number on (RFC 9562, section 6.2, method 1), which leaves its highest bit free
   * to count into. A clock that goes back changes nothing.
   */
  #advance(random: Uint8Array): void {
    const now = Date.now();
    if (now > this.#milliseconds) {
      this.#milliseconds = now;
      this.#sequence = new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1;
    } else this.#sequence += 1;
  }
}
