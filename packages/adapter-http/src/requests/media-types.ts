import { MIMEType } from 'node:util';
import type { FastifyRequest } from 'fastify';

export const linesOfJson = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];

/** The beginning of every media type for CloudEvents. */
export const cloudEvents = 'application/cloudevents';

/** The media types that the route of a request takes. */
export const mediaTypesOf = ({ routeOptions }: FastifyRequest): readonly string[] =>
  routeOptions.config.mediaTypes ?? ['application/json'];

/** A media type as Node parses it (WHATWG MIME Sniffing); undefined if it is malformed. */
export function mediaTypeOf(contentType: string): MIMEType | undefined {
  try {
    return new MIMEType(contentType);
  } catch {
    return undefined;
  }
}

/** A media type without its parameters, in lower case; empty if there is none, or it is malformed. */
export const essenceOf = (contentType = ''): string => mediaTypeOf(contentType)?.essence ?? '';

/** The charset that a media type names, in lower case. A parser is slow, and most media types have no parameters. */
export const charsetOf = (contentType = ''): string | undefined =>
  contentType.includes(';') ? mediaTypeOf(contentType)?.params.get('charset')?.toLowerCase() : undefined;

/** The detail of a 415: the media types that the route takes, or the route that takes this one. */
export function mediaTypeFault(contentType: string | undefined, taken: readonly string[]): string {
  const essence = essenceOf(contentType);
  const subject = (contentType ?? '') === '' ? 'There is no Content-Type. It' : 'The Content-Type';
  const fault = `${subject} must be ${taken.join(' or ')}`;
  if (linesOfJson.includes(essence)) return `${fault}; lines of JSON go to POST /api/logs/batch.`;
  if (essence.startsWith(cloudEvents)) return `${fault}; CloudEvents go to POST /api/events.`;
  return `${fault}.`;
}
