import { RuleBroken } from '@user-activity/domain';

const malformedEscape = /%(?![0-9a-f]{2})/i;

/**
 * Decodes percent-encoded UTF-8 (RFC 3986, section 2.1). In `text`, each character stands for one byte, because Node decodes URLs and
 * headers as Latin-1. Throws RuleBroken if a `%` is not followed by two hexadecimal digits, or the bytes are not UTF-8.
 */
export function percentDecode(text: string): string {
  if (malformedEscape.test(text)) throw new RuleBroken('is not well percent-encoded');
  const encoded = text.replaceAll(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new RuleBroken('is not UTF-8');
  }
}
