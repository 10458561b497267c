import { isPlainObject, type JsonObject, type JsonValue } from '../shared/json.ts';

// The maximum number of bytes of each part of a JSON text: an escaped UTF-16 code unit, a number, a literal such as `false`, and the quotes,
// brackets and separators of one value.
const bytesPerUnit = 6;
const bytesPerNumber = 25;
const bytesPerLiteral = 5;
const bytesPerMark = 4;

/**
 * The fast path of `Metadata.parse`. Copies metadata that surely obeys all rules. Returns undefined for all other values, so that
 * `Metadata.parse` applies the rules one by one. Assumes the worst size for each text, because even then nearly all metadata is far below
 * the limit. For metadata of four members, this takes 0.35 µs instead of 0.75 µs.
 */
export function copyPlainMetadata(raw: unknown, maxBytes: number, maxLevels: number): JsonObject | undefined {
  const room = maxBytes - bytesPerMark;
  return isPlainObject(raw) && room >= 0 ? new PlainCopy(room).ofObject(raw, maxLevels) : undefined;
}

/** Copies plain objects and arrays as long as their JSON surely fits into `room` bytes. Recurses at most `levels` deep. */
class PlainCopy {
  #room: number;

  constructor(room: number) {
    this.#room = room;
  }

  ofObject(source: Readonly<Record<string, unknown>>, levels: number): JsonObject | undefined {
    const copy: Record<string, JsonValue> = {};
    for (const key of Object.keys(source)) {
      this.#room -= bytesPerUnit * key.length + bytesPerMark;
      if (!isPlainKey(key)) return undefined;
      const value = this.#ofValue(source[key], levels - 1);
      if (value === undefined) return undefined;
      copy[key] = value;
    }
    return copy;
  }

  #ofArray(source: readonly unknown[], levels: number): readonly JsonValue[] | undefined {
    const copy: JsonValue[] = [];
    for (let index = 0; index < source.length; index += 1) {
      const value = this.#ofValue(source[index], levels - 1);
      if (value === undefined) return undefined;
      copy.push(value);
    }
    return copy;
  }

  /** Returns a string, number or literal itself, and a copy of an object or array. Returns undefined if it may break a rule or may not fit. */
  #ofValue(value: unknown, levels: number): JsonValue | undefined {
    this.#room -= bytesPerMark;
    if (typeof value === 'string') {
      this.#room -= bytesPerUnit * value.length;
      return this.#room >= 0 && value.isWellFormed() ? value : undefined;
    }
    if (typeof value === 'number') {
      this.#room -= bytesPerNumber;
      return this.#room >= 0 && Number.isFinite(value) && !Object.is(value, -0) ? value : undefined;
    }
    this.#room -= bytesPerLiteral;
    if (this.#room < 0) return undefined;
    if (value === null || typeof value === 'boolean') return value;
    if (levels === 0) return undefined;
    if (Array.isArray(value)) return this.#ofArray(value, levels);
    return isPlainObject(value) ? this.ofObject(value, levels) : undefined;
  }
}

const isPlainKey = (key: string): boolean =>
  key !== '__proto__' && key !== 'constructor' && !key.includes('\0') && key.isWellFormed();
