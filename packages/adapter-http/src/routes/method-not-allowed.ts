import { METHODS } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { noSuchPath } from '../requests/error-handling.ts';
import { isMembers } from '../bodies/members.ts';
import { Problem } from '../requests/problem.ts';

/**
 * Watches the routes that are added from now on; the answer, called once all are there, makes every other method of their
 * paths a 405 with `Allow` (RFC 9110, section 15.5.6).
 */
export function otherMethodsRefused(app: FastifyInstance): () => void {
  for (const method of METHODS)
    if (method !== 'CONNECT' && !app.supportedMethods.includes(method)) app.addHttpMethod(method);
  const allowed = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = allowed.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    allowed.set(url, methods);
  });
  return () => {
    for (const [url, methods] of allowed) {
      const allow = [...methods].toSorted().join(', ');
      app.route({
        method: app.supportedMethods.filter((method) => !methods.has(method)),
        url,
        schema: { hide: true },
        async onRequest({ params }: FastifyRequest) {
          // A path with two slashes has an empty id.
          if (isMembers(params) && Object.values(params).includes('')) throw noSuchPath();
          throw new Problem(405, `The methods of this path are ${allow}.`, { headers: { allow } });
        },
        handler: async () => undefined,
      });
    }
  };
}
