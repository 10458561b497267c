import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { completeOpenApi } from '../openapi/complete-openapi.ts';
import { refuseParameters } from '../query/query-parameters.ts';

const anyKey = [{ bearer: [] }, { apiKey: [] }, { basic: [] }];

// Without `upgrade-insecure-requests`: on plain HTTP it has a browser ask for styles and scripts by HTTPS, and the page stays blank.
const contentSecurityPolicy = {
  'default-src': "'self'",
  'base-uri': "'self'",
  'font-src': "'self' data:",
  'frame-ancestors': "'self'",
  'img-src': "'self' data:",
  'object-src': "'none'",
  'script-src-attr': "'none'",
  // Swagger UI writes styles into its page.
  'style-src': "'self' 'unsafe-inline'",
};

/** OpenAPI 3.1 of the routes at `/openapi.json`, and a page for people at `/docs` that loads nothing from elsewhere. */
export async function serveDocs(
  app: FastifyInstance,
  { version, apiKeys }: { readonly version: string; readonly apiKeys: readonly string[] },
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info: {
        title: 'User-activity log',
        version,
        description:
          'Records who did what, when; answers questions about it. Bodies may be gzip-encoded; limits count the decoded bytes.',
        contact: { name: 'The team that runs this service' },
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'activities', description: 'Log activities and find them.' },
        { name: 'segment', description: 'The Segment HTTP API.' },
        { name: 'dead letters', description: 'What could not be stored, and again.' },
        { name: 'health', description: 'For orchestrators.' },
        { name: 'metrics', description: 'For Prometheus.' },
      ],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'RFC 6750.' },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
          basic: { type: 'http', scheme: 'basic', description: 'RFC 7617; the key is the user name.' },
        },
      },
      // As this process has it: with no key all are open.
      security: apiKeys.length > 0 ? anyKey : [{}, ...anyKey],
    },
    transform: ({ schema, url, route }) => ({
      schema: route.config?.optionalBody === true ? { ...schema, 'x-optional-body': true } : schema,
      url,
    }),
    transformObject: (document) =>
      'openapiObject' in document
        ? Object.assign(document.openapiObject, completeOpenApi({ ...document.openapiObject }))
        : document.swaggerObject,
  });
  // It takes a millisecond to write, and anyone may ask for it, here and at /docs/json, as often as they like.
  let text: string | undefined;
  app.setReplySerializer((payload) =>
    payload === app.swagger() ? (text ??= JSON.stringify(payload)) : JSON.stringify(payload),
  );
  app.get('/openapi.json', { schema: { hide: true }, onRequest: refuseParameters }, async () =>
    app.swagger(),
  );
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: contentSecurityPolicy,
    // Swagger UI would have the description checked by a service on the internet.
    uiConfig: { validatorUrl: null },
  });
}
