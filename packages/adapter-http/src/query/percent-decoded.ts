import { RuleBroken } from '@user-activity/domain';

// Printable ASCII without the percent sign.
const plain = /^[ -$&-~]*$/;
const wellFormed = /^(?:[^%]|%[0-9a-f]{2})*$/i;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes percent-encoded UTF-8 (RFC 3986, section 2.1). Each character of the text stands for a byte, as in URLs and headers. Throws
 * RuleBroken for a percent sign that encodes nothing and for bytes that are not UTF-8: both would otherwise silently become other text.
 */
export function percentDecoded(text: string): string {
  if (plain.test(text)) return text;
  if (!wellFormed.test(text)) throw new RuleBroken('is not well percent-encoded');
  const bytes = text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  try {
    return strictUtf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    throw new RuleBroken('is not UTF-8');
  }
}
