const printable = /^[ -~]*$/;
const plain = /^[ !#-[\]-~]*$/;
// Characters with an escape of two characters in RFC 8259. Every other control character takes six, such as \u001f.
const shortEscapes = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x22, 0x5c]);

/** Returns the size of a well-formed text in bytes of UTF-8. */
export function utf8Bytes(text: string): number {
  if (printable.test(text)) return text.length;
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) bytes += unitBytes(text.charCodeAt(index));
  return bytes;
}

/** Returns the size of a well-formed text as a JSON string, in bytes of UTF-8, including the quotes. */
export function jsonStringBytes(text: string): number {
  if (plain.test(text)) return text.length + 2;
  let bytes = 2;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (shortEscapes.has(unit)) bytes += 2;
    else if (unit < 0x20) bytes += 6;
    else bytes += unitBytes(unit);
  }
  return bytes;
}

/** Returns the number of UTF-8 bytes of a UTF-16 code unit. A surrogate pair takes four bytes, so each half counts as two. */
function unitBytes(unit: number): number {
  if (unit < 0x80) return 1;
  return unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
}
