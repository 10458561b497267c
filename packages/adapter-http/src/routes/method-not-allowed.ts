import { METHODS } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { noSuchPath } from '../requests/error-handling.ts';
import { isMembers } from '../bodies/members.ts';
import { Problem } from '../requests/problem.ts';

/**
 * Call this function before you add the first route, and the returned function after the last one. The returned function
 * answers every method that a path does not have with 405 and `Allow` (RFC 9110, section 15.5.6).
 */
export function collectMethods(app: FastifyInstance): () => void {
  for (const method of METHODS)
    if (method !== 'CONNECT' && !app.supportedMethods.includes(method)) app.addHttpMethod(method);
  const methodsByUrl = new Map<string, readonly string[]>();
  app.addHook('onRoute', ({ url, method }) => {
    methodsByUrl.set(url, [...(methodsByUrl.get(url) ?? []), ...[method].flat()]);
  });
  return () => {
    for (const [url, methods] of methodsByUrl) {
      const allow = methods.toSorted().join(', ');
      app.route({
        method: app.supportedMethods.filter((method) => !methods.includes(method)),
        url,
        schema: { hide: true },
        config: { scope: 'any', projects: 'none' },
        async onRequest({ params }: FastifyRequest) {
          // The id is empty if the path ends with two slashes.
          if (isMembers(params) && Object.values(params).includes('')) throw noSuchPath();
          throw new Problem(405, `The methods of this path are ${allow}.`, { headers: { allow } });
        },
        handler: async () => undefined,
      });
    }
  };
}
