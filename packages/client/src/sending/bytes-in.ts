/** The bytes of a text as UTF-8. */
export const bytesIn = (text: string): number => new TextEncoder().encode(text).length;
