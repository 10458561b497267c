import { MIMEType } from 'node:util';
import type { FastifyRequest } from 'fastify';

export const ndjsonTypes = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];

/** The prefix of the media types `application/cloudevents+json` and `application/cloudevents-batch+json`. */
export const cloudEventsPrefix = 'application/cloudevents';

export const acceptedTypesOf = ({ routeOptions }: FastifyRequest): readonly string[] =>
  routeOptions.config.mediaTypes ?? ['application/json'];

/** Parses a media type by the rules of WHATWG MIME Sniffing. Returns undefined if it is malformed. */
export function mediaTypeOf(contentType: string): MIMEType | undefined {
  try {
    return new MIMEType(contentType);
  } catch {
    return undefined;
  }
}

/** Returns a media type without its parameters, in lower case. Returns an empty string if the media type is absent or malformed. */
export const essenceOf = (contentType = ''): string => mediaTypeOf(contentType)?.essence ?? '';

/** Returns the charset of a media type, in lower case. Parses only a media type with parameters, because parsing is slow. */
export const charsetOf = (contentType = ''): string | undefined =>
  contentType.includes(';') ? mediaTypeOf(contentType)?.params.get('charset')?.toLowerCase() : undefined;

/** Makes the detail of a 415, which lists the accepted media types. For NDJSON and CloudEvents, the detail also names the right route. */
export function mediaTypeFault(contentType: string | undefined, accepted: readonly string[]): string {
  const essence = essenceOf(contentType);
  const subject = (contentType ?? '') === '' ? 'There is no Content-Type. It' : 'The Content-Type';
  const fault = `${subject} must be ${accepted.join(' or ')}`;
  if (ndjsonTypes.includes(essence)) return `${fault}; lines of JSON go to POST /api/logs/batch.`;
  if (essence.startsWith(cloudEventsPrefix)) return `${fault}; CloudEvents go to POST /api/events.`;
  return `${fault}.`;
}
