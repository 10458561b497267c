/**
 * Encodes a text as one segment of a path. Throws TypeError for an empty text, and for one or two dots: URLs leave out such segments, so the request would
 * go to another route.
 */
export function pathSegment(text: string): string {
  if (/^\.{0,2}$/.test(text)) throw new TypeError(`No such id: "${text}".`);
  return encodeURIComponent(text);
}
