import type { FastifyPluginCallback } from 'fastify';

/** `GET /`: the page of the documentation, for someone who opens the URL of the service in a browser. */
export const getRoot: FastifyPluginCallback = (app, _options, done) => {
  app.get('/', { schema: { hide: true } }, async (_request, reply) => reply.redirect('/docs', 302));
  done();
};
