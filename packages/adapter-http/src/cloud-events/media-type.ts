import { charsetOf, cloudEvents, mediaTypeOf } from '../requests/media-types.ts';

/** The media types of events: one structured event, a batch, and data of any type in binary mode. */
export const eventMediaTypes = [`${cloudEvents}+json`, `${cloudEvents}-batch+json`, '*/*'];

export type Notation = 'json' | 'text' | 'bytes';

const utf8 = new Set([undefined, 'utf-8', 'utf8', 'us-ascii']);

/** JSON has the subtype `json` or the suffix `+json`. Text is `text/*` in UTF-8. Anything else is bytes. */
export function notationOf(contentType: string): Notation {
  const { type = '', subtype = '' } = mediaTypeOf(contentType) ?? {};
  if (/(?:^|\+)json$/.test(subtype)) return 'json';
  return type === 'text' && utf8.has(charsetOf(contentType)) ? 'text' : 'bytes';
}

/** Whether a text is a media type. The parser would accept white space before it, which the specification does not. */
export const isMediaType = (text: string): boolean =>
  text === text.trimStart() && mediaTypeOf(text) !== undefined;
