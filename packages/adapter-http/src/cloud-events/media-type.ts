import { charsetOf } from '../bodies/json-body.ts';
import { cloudEvents } from '../requests/media-types.ts';

/** What can be posted as events: one structured, a batch, and in binary mode data of any type. */
export const eventMediaTypes: readonly string[] = [`${cloudEvents}+json`, `${cloudEvents}-batch+json`, '*/*'];

/** What a media type (RFC 2046) says of the bytes that it describes. */
export type Notation = 'json' | 'text' | 'bytes';

// RFC 9110, sections 5.6.2 and 8.3.1.
const mediaType = /^([!#$%&'*+.^_`|~0-9a-z-]+)\/([!#$%&'*+.^_`|~0-9a-z-]+)[ \t]*(?:;.*)?$/i;
const utf8 = new Set([undefined, 'utf-8', 'utf8', 'us-ascii']);

/** JSON is told by the subtype `json` or by its suffix `+json`; text is `text/*` in UTF-8. */
export function notationOf(contentType: string): Notation {
  const [, type = '', subtype = ''] = mediaType.exec(contentType) ?? [];
  if (/(?:^|\+)json$/i.test(subtype)) return 'json';
  return type.toLowerCase() === 'text' && utf8.has(charsetOf(contentType)) ? 'text' : 'bytes';
}

export const isMediaType = (text: string): boolean => mediaType.test(text);
