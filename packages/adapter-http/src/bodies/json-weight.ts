import { closeBrace, closeBracket, comma, openBrace, openBracket } from './json-bytes.ts';

// Two and a half times the memory that V8 takes for an array or object, and for a slot in one: garbage is not collected at once.
const containerBytes = 150;
const memberBytes = 40;

/** Estimates the bytes that the values of a JSON text take in memory beside the text: up to 63 times its length. */
export function valueBytes(json: Buffer): number {
  let bytes = 0;
  for (const byte of json) {
    if (byte === comma) bytes += memberBytes;
    else if (byte === openBracket || byte === openBrace) bytes += containerBytes;
  }
  return bytes;
}

/** Whether a JSON text has more than `maxLevels` levels. Brackets in strings count too, so use it only for long texts. */
export function isDeeperThan(maxLevels: number, json: Buffer): boolean {
  let level = 0;
  for (const byte of json) {
    if (byte === openBracket || byte === openBrace) level += 1;
    else if (byte === closeBracket || byte === closeBrace) level -= 1;
    if (level > maxLevels) return true;
  }
  return false;
}
