import { charsetOf, cloudEventsPrefix, mediaTypeOf } from '../requests/media-types.ts';

/** The media types for one structured event, for a batch, and for the data of an event in binary mode. */
export const eventMediaTypes = [`${cloudEventsPrefix}+json`, `${cloudEventsPrefix}-batch+json`, '*/*'];

/** How the data of an event is read: as JSON, as text, or as bytes. */
export type Notation = 'json' | 'text' | 'bytes';

const utf8Charsets = new Set([undefined, 'utf-8', 'utf8', 'us-ascii']);

/**
 * Returns how to read data of a media type. JSON has the subtype `json` or the suffix `+json`. Text is `text/*` in UTF-8. All other types
 * are bytes.
 */
export function notationOf(contentType: string): Notation {
  const { type = '', subtype = '' } = mediaTypeOf(contentType) ?? {};
  if (/(?:^|\+)json$/.test(subtype)) return 'json';
  return type === 'text' && utf8Charsets.has(charsetOf(contentType)) ? 'text' : 'bytes';
}

/** Returns whether a text is a media type. Rejects leading white space, unlike Node's parser. */
export const isMediaType = (text: string): boolean =>
  text === text.trimStart() && mediaTypeOf(text) !== undefined;
