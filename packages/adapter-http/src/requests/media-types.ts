import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The media types of bodies that the route takes. Default: `application/json`. */
    readonly mediaTypes?: readonly string[];
  }
}

/** The names that lines of JSON go by. */
export const linesOfJson: readonly string[] = [
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
];

/** The media types of CloudEvents begin with this. */
export const cloudEvents = 'application/cloudevents';

/** The media types that the route of a request takes. */
export const mediaTypesOf = ({ routeOptions }: FastifyRequest): readonly string[] =>
  routeOptions.config.mediaTypes ?? ['application/json'];

/** A media type without its parameters, in lower case; empty if there is none. */
export const essenceOf = (contentType = ''): string =>
  contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** What is wrong with a media type that a route does not take, and the way out: the types it takes, or the route for this one. */
export function mediaTypeFault(contentType: string | undefined, taken: readonly string[]): string {
  const given = essenceOf(contentType);
  const fault = `${given === '' ? 'There is no Content-Type. It' : 'The Content-Type'} must be ${taken.join(' or ')}`;
  if (linesOfJson.includes(given)) return `${fault}; lines of JSON go to POST /api/logs/batch.`;
  if (given.startsWith(cloudEvents)) return `${fault}; CloudEvents go to POST /api/events.`;
  return `${fault}.`;
}
