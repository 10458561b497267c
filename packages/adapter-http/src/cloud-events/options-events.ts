import { Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { readBatchOptions } from '../bodies/batch-receipt.ts';
import { eventMediaTypes } from './media-type.ts';
import { maxOriginLength, originPattern, permissionFinder } from './web-hook-origins.ts';
import { Problem } from '../requests/problem.ts';
import type { Route } from '../requests/route.ts';
import { headerSchema, problemContent, problemResponses } from '../openapi/schemas.ts';

const schema = {
  operationId: 'allowEvents',
  tags: ['activities'],
  // The handshake needs no key, because it only tells a sender whether it may deliver. Each event needs a key.
  security: [],
  summary: 'Allow a web hook to deliver CloudEvents',
  description:
    'The handshake of "HTTP 1.1 Web Hooks for Event Delivery", section 4. The handshake needs no API key, but the events do. The variable ' +
    '`WEBHOOK_ORIGINS` lists the allowed senders. `WebHook-Request-Callback` is ignored: the response itself gives the permission, and the service ' +
    'never calls a URL from a request.',
  headers: Type.Object({
    'webhook-request-origin': Type.String({
      maxLength: maxOriginLength,
      pattern: originPattern,
      description:
        'The sender: a host name, or an IPv6 address in brackets. It may have a scheme and a port.',
      examples: ['events.example.com'],
    }),
    'webhook-request-rate': Type.Optional(
      Type.String({ description: 'Requests per minute. Any rate is allowed.', examples: ['120'] }),
    ),
  }),
  response: {
    200: Type.Unsafe<string>({
      type: 'null',
      description: 'The sender may deliver.',
      headers: {
        'WebHook-Allowed-Origin': headerSchema('The sender, or `*` if any is allowed.', 'events.example.com'),
        'WebHook-Allowed-Rate': headerSchema(
          'Any rate is allowed. Present if the request asks for a rate.',
          '*',
        ),
        Allow: headerSchema('The method for delivery.', 'POST'),
        'Accept-Post': headerSchema('The media types for delivery.', eventMediaTypes.join(', ')),
      },
    }),
    ...problemResponses(400, 503),
    403: Type.Unsafe<unknown>({
      description:
        '`WEBHOOK_ORIGINS` does not name the sender. Or the service has no API_KEYS, and the request is for a foreign host or from a foreign page.',
      content: problemContent,
    }),
  },
};

const originOf = ({ headers }: FastifyRequest): string | undefined =>
  headers['webhook-request-origin']?.toString();

/** `OPTIONS /api/events`, which senders of web hooks call before they deliver events. */
export const optionsEvents: Route<'webhookOrigins'> = (app, { webhookOrigins }) => {
  const permissionOf = permissionFinder(webhookOrigins);
  app.options(
    '/api/events',
    {
      schema,
      config: { scope: 'write', needsNoKey: (request) => originOf(request) !== undefined },
      // The handshake has no body, so `onRequest` answers it before Fastify reads one.
      onRequest: async (request, reply) => {
        const origin = originOf(request);
        if (origin === undefined)
          throw new Problem(
            405,
            'The method of this path is POST. OPTIONS needs the header WebHook-Request-Origin.',
            { headers: { allow: 'POST' } },
          );
        // A faulty query is refused in the handshake already, because it would be refused with each event.
        readBatchOptions(request);
        const permission = permissionOf(origin);
        if (permission === 'malformed')
          throw new Problem(
            400,
            `WebHook-Request-Origin must be a host name, such as events.example.com, or an IPv6 address in brackets, of at most ${maxOriginLength} characters. It may have a scheme and a port.`,
          );
        if (permission === 'foreign')
          throw new Problem(403, `${origin} may not deliver events: add it to WEBHOOK_ORIGINS.`);
        if ('webhook-request-rate' in request.headers) reply.header('webhook-allowed-rate', '*');
        return reply
          .code(200)
          .headers({
            'webhook-allowed-origin': permission === 'any' ? '*' : origin,
            allow: 'POST',
            'accept-post': eventMediaTypes.join(', '),
          })
          .send('');
      },
    },
    async () => '',
  );
};
