import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { completeOpenApi } from '../openapi/complete-openapi.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { projectsOf } from '../requests/project.ts';

const keySchemes = [{ bearer: [] }, { apiKey: [] }, { basic: [] }];

// `upgrade-insecure-requests` is missing. With it, a page on plain HTTP would load its styles by HTTPS and stay blank.
const contentSecurityPolicy = {
  'default-src': "'self'",
  'base-uri': "'self'",
  'font-src': "'self' data:",
  'frame-ancestors': "'self'",
  'img-src': "'self' data:",
  'object-src': "'none'",
  'script-src-attr': "'none'",
  // Swagger UI has inline styles.
  'style-src': "'self' 'unsafe-inline'",
};

/** Serves the OpenAPI 3.1 document at `/openapi.json`, and a page for people at `/docs`. The page loads nothing from other hosts. */
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
          'Logs the activities of users. Bodies of requests may be gzip-encoded, and limits apply to their decoded bytes. Larger responses to GET are ' +
          'gzip-encoded if the client accepts that.',
        contact: { name: 'The team that runs this service' },
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'activities', description: 'Log activities and find them.' },
        { name: 'segment', description: 'The Segment HTTP API.' },
        { name: 'dead letters', description: 'List records that could not be stored, and replay them.' },
        {
          name: 'projects',
          description: 'List projects, set how long to keep their activities, and erase projects.',
        },
        { name: 'erasures', description: 'Erase a user, and read the progress of the erasure.' },
        { name: 'keys', description: 'Make, list, rotate and revoke API keys.' },
        { name: 'health', description: 'Probes for orchestrators.' },
        { name: 'metrics', description: 'Metrics for Prometheus.' },
      ],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'RFC 6750.' },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
          basic: { type: 'http', scheme: 'basic', description: 'RFC 7617; the key is the user name.' },
        },
      },
      // An empty object means that no key is needed.
      security: apiKeys.length > 0 ? keySchemes : [{}, ...keySchemes],
    },
    transform: ({ schema, url, route: { config = {} } }) => ({
      schema: {
        ...schema,
        'x-projects': projectsOf({ url, config }),
        ...(config.scope !== undefined && { 'x-scope': config.scope }),
        ...(config.optionalBody === true && { 'x-optional-body': true }),
      },
      url,
    }),
    transformObject: (document) =>
      'openapiObject' in document
        ? Object.assign(document.openapiObject, completeOpenApi({ ...document.openapiObject }))
        : document.swaggerObject,
  });
  // Caches the JSON of the document for /openapi.json and /docs/json: each serialization takes a millisecond.
  let documentJson: string | undefined;
  app.setReplySerializer((payload) =>
    payload === app.swagger() ? (documentJson ??= JSON.stringify(payload)) : JSON.stringify(payload),
  );
  app.get(
    '/openapi.json',
    { schema: { hide: true }, config: { scope: 'any' }, onRequest: refuseParameters },
    async () => app.swagger(),
  );
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: contentSecurityPolicy,
    // By default, Swagger UI sends the document to a service on the internet, which validates it.
    uiConfig: { validatorUrl: null },
  });
}
