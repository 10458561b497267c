import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { refuseParameters } from './query-parameters.ts';

/** OpenAPI 3.1 of the routes at `/openapi.json`, and a page for people at `/docs` that loads nothing from elsewhere. */
export async function serveDocs(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info: {
        title: 'User-activity log',
        version,
        description:
          'Records who did what, when; answers questions about it. Bodies may be gzip-encoded; limits count the decoded bytes.',
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
          bearer: { type: 'http', scheme: 'bearer' },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
          basic: { type: 'http', scheme: 'basic' },
        },
      },
      security: [{}, { bearer: [] }, { apiKey: [] }, { basic: [] }],
    },
  });
  app.get('/openapi.json', { schema: { hide: true }, onRequest: refuseParameters }, async () =>
    app.swagger(),
  );
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    // Swagger UI would have the description checked by a service on the internet.
    uiConfig: { validatorUrl: null },
  });
}
