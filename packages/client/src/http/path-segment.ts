/**
 * Percent-encodes text as one segment of a URL path. Throws TypeError if the text is empty, `.` or `..`: such a segment would change the
 * path, so the request would go to another route.
 */
export function pathSegment(text: string): string {
  if (/^\.{0,2}$/.test(text)) throw new TypeError(`Invalid id: "${text}".`);
  return encodeURIComponent(text);
}
