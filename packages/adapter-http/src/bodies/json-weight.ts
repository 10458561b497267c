const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

// Two and a half times what V8 takes for an array or object, and for a place in one, because
// garbage is not collected at once.
const containerBytes = 150;
const memberBytes = 40;

/** About how many bytes the values of a JSON text take in memory beyond those of the text: up to 63 times as many. */
export function valueBytes(json: Buffer): number {
  let bytes = 0;
  for (const byte of json) {
    if (byte === comma) bytes += memberBytes;
    else if (byte === openBracket || byte === openBrace) bytes += containerBytes;
  }
  return bytes;
}

/** Whether a JSON text has more levels than that. Brackets in strings count too, so it is only for texts that are suspect. */
export function isDeeperThan(maxLevels: number, json: Buffer): boolean {
  let level = 0;
  for (const byte of json) {
    if (byte === openBracket || byte === openBrace) level += 1;
    else if (byte === closeBracket || byte === closeBrace) level -= 1;
    if (level > maxLevels) return true;
  }
  return false;
}
