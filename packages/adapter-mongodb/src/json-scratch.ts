const [quote, dollar, percent, digit0, digit9, colon, backslash] = [0x22, 0x24, 0x25, 0x30, 0x39, 0x3a, 0x5c];
const firstPrintable = 0x20;
const lastAscii = 0x7f;
const replacementCharacter = '\uFFFD';

/** A buffer in which JSON is written byte by byte from BSON. After `clear`, it is used again for the next value. */
export class JsonScratch {
  /** The maximum size of a value in BSON. */
  static readonly maxBsonBytes: number = 64 * 1024;
  // JSON has at most six times as many bytes as BSON: a control character is one byte in BSON, and six in JSON (such as \u001f).
  readonly #bytes: Buffer = Buffer.allocUnsafe(6 * JsonScratch.maxBsonBytes);
  #length = 0;
  #isAscii = true;

  clear(): void {
    this.#length = 0;
    this.#isAscii = true;
  }

  /** Returns the written text, or undefined if a part is not valid UTF-8. */
  text(): string | undefined {
    const [bytes, length] = [this.#bytes, this.#length];
    return this.#isAscii ? bytes.toString('latin1', 0, length) : utf8Text(bytes, 0, length);
  }

  writeAscii(text: string): void {
    for (let index = 0; index < text.length; index += 1) this.#bytes[this.#length++] = text.charCodeAt(index);
  }

  /**
   * Writes a key and a colon. Returns false if the key needs an escape, or has a `%` (as encoded keys have) or a `$`. Also returns false
   * if it begins with a digit, because JavaScript moves integer keys to the front of an object.
   */
  writeKey(source: Buffer, start: number, end: number): boolean {
    const first = source[start] ?? 0;
    if (first >= digit0 && first <= digit9) return false;
    let length = this.#length;
    this.#bytes[length++] = quote;
    for (let index = start; index < end; index += 1) {
      const byte = source[index] ?? 0;
      if (byte === percent || byte === dollar || needsEscape(byte)) return false;
      if (byte > lastAscii) this.#isAscii = false;
      this.#bytes[length++] = byte;
    }
    this.#bytes[length++] = quote;
    this.#bytes[length++] = colon;
    this.#length = length;
    return true;
  }

  /** Writes a string. Returns false if it is not valid UTF-8. */
  writeString(source: Buffer, start: number, end: number): boolean {
    let length = this.#length;
    this.#bytes[length++] = quote;
    for (let index = start; index < end; index += 1) {
      const byte = source[index] ?? 0;
      if (needsEscape(byte)) return this.#writeEscaped(source, start, end);
      if (byte > lastAscii) this.#isAscii = false;
      this.#bytes[length++] = byte;
    }
    this.#bytes[length++] = quote;
    this.#length = length;
    return true;
  }

  #writeEscaped(source: Buffer, start: number, end: number): boolean {
    const text = utf8Text(source, start, end);
    if (text === undefined) return false;
    this.#isAscii = false;
    this.#length += this.#bytes.write(JSON.stringify(text), this.#length);
    return true;
  }
}

const needsEscape = (byte: number): boolean => byte < firstPrintable || byte === quote || byte === backslash;

/** Decodes UTF-8. Returns undefined if the result has a replacement character, because the bytes may then be invalid. */
export function utf8Text(bytes: Buffer, start: number, end: number): string | undefined {
  const text = bytes.toString('utf8', start, end);
  return text.includes(replacementCharacter) ? undefined : text;
}
