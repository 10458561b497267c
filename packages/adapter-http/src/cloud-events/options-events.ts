import { Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { batchOptions } from '../bodies/batch-receipt.ts';
import { eventMediaTypes } from './media-type.ts';
import { maxOriginLength, originPattern, permissions } from './web-hook-origins.ts';
import { Problem } from '../requests/problem.ts';
import type { Route } from '../requests/route.ts';
import { headerText, problemContent, problems } from '../openapi/schemas.ts';

const schema = {
  operationId: 'allowEvents',
  tags: ['activities'],
  // Needs no key: the handshake protects others from floods of events, and each event must have a key.
  security: [],
  summary: 'Allow a web hook to deliver CloudEvents',
  description:
    'The handshake of "HTTP 1.1 Web Hooks for Event Delivery", section 4. It needs no key; the events that follow do. The variable ' +
    '`WEBHOOK_ORIGINS` lists the allowed senders. `WebHook-Request-Callback` is ignored: the permission is in the answer, and the service ' +
    'never calls a URL from a request.',
  headers: Type.Object({
    'webhook-request-origin': Type.String({
      maxLength: maxOriginLength,
      pattern: originPattern,
      description:
        'The sender: a host name, or an IPv6 address in brackets; optionally with a scheme and a port.',
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
        'WebHook-Allowed-Origin': headerText('The sender, or `*` if any is allowed.', 'events.example.com'),
        'WebHook-Allowed-Rate': headerText(
          'Any rate is allowed. Present if the request asks for a rate.',
          '*',
        ),
        Allow: headerText('The method for delivery.', 'POST'),
        'Accept-Post': headerText('The media types for delivery.', eventMediaTypes.join(', ')),
      },
    }),
    ...problems(400, 503),
    403: Type.Unsafe<unknown>({
      description:
        '`WEBHOOK_ORIGINS` does not name the sender; or, without API_KEYS, the request is for a foreign host or from a foreign page.',
      content: problemContent,
    }),
  },
};

const originOf = ({ headers }: FastifyRequest): string | undefined =>
  headers['webhook-request-origin']?.toString();

/** `OPTIONS /api/events`: senders of web hooks call it before they deliver events. */
export const optionsEvents: Route<'webhookOrigins'> = (app, { webhookOrigins }) => {
  const permissionOf = permissions(webhookOrigins);
  app.options(
    '/api/events',
    {
      schema,
      config: { needsNoKey: (request) => originOf(request) !== undefined },
      // In `onRequest`, before a body is read: the handshake has none.
      onRequest: async (request, reply) => {
        const origin = originOf(request);
        if (origin === undefined)
          throw new Problem(
            405,
            'The method of this path is POST. OPTIONS needs the header WebHook-Request-Origin, as web hooks send it.',
            { headers: { allow: 'POST' } },
          );
        // Refuses a URL whose query would make the service refuse every event.
        batchOptions(request);
        const permission = permissionOf(origin);
        if (permission === 'malformed') throw malformedOrigin();
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

const malformedOrigin = (): Problem =>
  new Problem(
    400,
    `WebHook-Request-Origin must be a host name, such as events.example.com, or an IPv6 address in brackets, of at most ${maxOriginLength} characters; it may have a scheme and a port.`,
  );
