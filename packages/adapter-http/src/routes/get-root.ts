import type { Route } from '../requests/route.ts';

/** `GET /`: redirects to the documentation, for people who open the URL of the service in a browser. */
export const getRoot: Route = (app) => {
  app.get('/', { schema: { hide: true }, config: { scope: 'any' } }, async (_request, reply) =>
    reply.redirect('/docs', 302),
  );
};
