/** Makes a UUIDv7 (RFC 9562): 48 bits of time in ms, the version and the variant, and 72 random bits. */
export function uuidV7(now: number = Date.now()): string {
  const digits = Array.from(crypto.getRandomValues(new Uint8Array(18)), (byte) => (byte % 16).toString(16));
  const hex = now.toString(16).padStart(12, '0') + digits.join('');
  return hex.replace(/^(.{8})(.{4})(.{3})(.{3})/, '$1-$2-7$3-8$4-');
}
