import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { AddRoute, Route, RouteDeps } from './route.ts';

/** Adds a route in a Fastify scope of its own, so that the body parsers that it changes serve no other route. */
export const withOwnParsers =
  (route: Route<keyof RouteDeps>): AddRoute =>
  async (app, deps) => {
    await app.register(async (scope) => route(scope.withTypeProvider<TypeBoxTypeProvider>(), deps));
  };
