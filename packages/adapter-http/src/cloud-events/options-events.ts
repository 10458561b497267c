import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { batchOptions } from '../bodies/batch-receipt.ts';
import { eventMediaTypes } from './media-type.ts';
import { maxOriginLength, originPattern, type Permission, permissions } from './web-hook-origins.ts';
import { Problem } from '../requests/problem.ts';
import { problemContent, problems } from '../openapi/schemas.ts';

const text = (description: string, example: string): object => ({
  type: 'string',
  description,
  examples: [example],
});

const schema = {
  operationId: 'allowEvents',
  tags: ['activities'],
  // No key: the handshake protects others from floods of events, and the events that follow carry one.
  security: [],
  summary: 'Allow a web hook to deliver CloudEvents',
  description:
    'The handshake of "HTTP 1.1 Web Hooks for Event Delivery", section 4. Needs no key; the events that follow do. The variable ' +
    '`WEBHOOK_ORIGINS` says which senders are allowed. `WebHook-Request-Callback` is ignored: the answer is given here, ' +
    'and the service never calls a URL that a request names.',
  headers: Type.Object({
    'webhook-request-origin': Type.String({
      maxLength: maxOriginLength,
      pattern: originPattern,
      description: 'The sender: a host name or an IPv6 address in brackets, also with a scheme and a port.',
      examples: ['events.example.com'],
    }),
    'webhook-request-rate': Type.Optional(
      Type.String({ description: 'Requests per minute. Any is allowed.', examples: ['120'] }),
    ),
  }),
  response: {
    200: Type.Unsafe<string>({
      type: 'null',
      description: 'The sender may deliver.',
      headers: {
        'WebHook-Allowed-Origin': text('The sender, or `*` if any is allowed.', 'events.example.com'),
        'WebHook-Allowed-Rate': text('No rate is too high. Only where the request asks for one.', '*'),
        Allow: text('How to deliver.', 'POST'),
        'Accept-Post': text('The media types to deliver.', eventMediaTypes.join(', ')),
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

const originOf = ({ headers }: FastifyRequest): string | undefined => {
  const origin = headers['webhook-request-origin'];
  return origin === undefined ? undefined : String(origin);
};

/** `OPTIONS /api/events`, before senders of web hooks deliver. */
export const optionsEvents: FastifyPluginCallbackTypebox<{ webhookOrigins: readonly string[] }> = (
  app,
  { webhookOrigins },
  done,
) => {
  const permissionOf = permissions(webhookOrigins);
  app.options(
    '/api/events',
    {
      schema,
      config: { needsNoKey: (request) => originOf(request) !== undefined },
      // Before a body: the handshake has none.
      onRequest: async (request, reply) => {
        const origin = originOf(request);
        if (origin === undefined)
          throw new Problem(
            405,
            'The method of this path is POST. OPTIONS needs the header WebHook-Request-Origin, as web hooks send it.',
            { headers: { allow: 'POST' } },
          );
        // A URL that no event could be posted to is refused now, not with the first event.
        batchOptions(request);
        return allow(reply, origin, permissionOf(origin), 'webhook-request-rate' in request.headers);
      },
    },
    async () => '',
  );
  done();
};

function allow(
  reply: FastifyReply,
  origin: string,
  permission: Permission,
  asksForRate: boolean,
): FastifyReply {
  if (permission === 'malformed')
    throw new Problem(
      400,
      `WebHook-Request-Origin must be a host name, such as events.example.com, or an IPv6 address in brackets, of at most ${maxOriginLength} characters; it may have a scheme and a port.`,
    );
  if (permission === 'foreign')
    throw new Problem(403, `Events of ${origin} are not wanted: WEBHOOK_ORIGINS does not name it.`);
  return reply
    .code(200)
    .headers({
      'webhook-allowed-origin': permission === 'any' ? '*' : origin,
      ...(asksForRate ? { 'webhook-allowed-rate': '*' } : {}),
      allow: 'POST',
      'accept-post': eventMediaTypes.join(', '),
    })
    .send('');
}
