interface Name {
  readonly bytes: Uint8Array;
  readonly text: string;
}

const maxNames = 32;
const maxNameBytes = 64;

/**
 * Decodes the names of headers, with a cache: most records of a topic have the same names in the same order, and comparing the bytes of a name
 * with those of the previous record is faster than decoding them. Caches at most 32 names of 64 bytes.
 */
export class HeaderNames {
  readonly #names: Name[] = [];

  /** Returns the name that `bytes` has from `start` to `end`. `index` is the position of the header among those of its record. */
  textOf(index: number, bytes: Buffer, start: number, end: number): string {
    const last = this.#names[index];
    if (last !== undefined && isEqual(last.bytes, bytes, start, end)) return last.text;
    const text = bytes.toString('utf8', start, end);
    if (index < maxNames && index <= this.#names.length && end - start <= maxNameBytes)
      this.#names[index] = { bytes: Uint8Array.prototype.slice.call(bytes, start, end), text };
    return text;
  }
}

/** Returns whether the bytes from `start` to `end` are those of the name. */
function isEqual(name: Uint8Array, bytes: Buffer, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let index = 0; index < name.length; index += 1) if (name[index] !== bytes[start + index]) return false;
  return true;
}
