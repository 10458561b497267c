import findMyWay from 'find-my-way';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { routerOptions } from '../requests/router-options.ts';
import { Problem } from '../requests/problem.ts';

interface MethodCheck {
  /** Sets `otherMethods` of a request that matches no route. */
  readonly findPath: (request: FastifyRequest) => void;
  /** Throws 405 if the path of the request has only routes with other methods. */
  readonly assertMethod: (request: FastifyRequest) => void;
  /**
   * Adds 405 routes for methods that a path does not have, where a path with a parameter would match instead: `GET /api/logs/batch` would
   * reach `/api/logs/:id`.
   */
  readonly addRoutes: () => void;
}

/**
 * Makes the parts of a check that responds with 405 and `Allow` to a method that the path does not have (RFC 9110, section 15.5.6). Call
 * this function before you add the first route, and `addRoutes` after the last one.
 */
export function methodCheck(app: FastifyInstance): MethodCheck {
  const methodsByPath = new Map<string, readonly string[]>();
  let isComplete = false;
  app.addHook('onRoute', ({ url, method }) => {
    if (!isComplete) methodsByPath.set(url, [...(methodsByPath.get(url) ?? []), ...[method].flat()]);
  });
  const refuse = (methods: readonly string[]): never => {
    const allow = methods.toSorted().join(', ');
    throw new Problem(405, `The methods of this path are ${allow}.`, { headers: { allow } });
  };
  let find: PathFinder | undefined;
  return {
    findPath(request) {
      find ??= pathFinder(methodsByPath.keys());
      const found = find(request.raw.url ?? '');
      if (found === undefined) return;
      const { path, hasEmptyId } = found;
      // The id is empty if the path ends with two slashes.
      request.otherMethods = { path, methods: hasEmptyId ? [] : (methodsByPath.get(path) ?? []) };
    },
    assertMethod({ otherMethods }) {
      if (otherMethods !== undefined && otherMethods.methods.length > 0) refuse(otherMethods.methods);
    },
    addRoutes() {
      isComplete = true;
      for (const [path, methods] of methodsByPath) {
        const covered = coveringMethods(path, methodsByPath).filter((method) => !methods.includes(method));
        if (covered.length === 0) continue;
        app.route({
          method: covered,
          url: path,
          exposeHeadRoute: false,
          schema: { hide: true },
          config: { scope: 'any', projects: 'none' },
          onRequest: () => refuse(methods),
          handler: async () => undefined,
        });
      }
    },
  };
}

type PathFinder = (url: string) => { readonly path: string; readonly hasEmptyId: boolean } | undefined;

/**
 * Returns a function that finds the path of a URL as Fastify does. It uses one tree for all methods, because a tree for each method is
 * costly.
 */
function pathFinder(paths: Iterable<string>): PathFinder {
  const router = findMyWay(routerOptions);
  const pathByHandler = new Map<unknown, string>();
  for (const path of paths) {
    const handler = (): void => undefined;
    router.on('GET', path, handler);
    pathByHandler.set(handler, path);
  }
  return (url) => {
    const found = router.find('GET', url);
    const path = pathByHandler.get(found?.handler);
    if (found === null || path === undefined) return undefined;
    return { path, hasEmptyId: Object.values(found.params).includes('') };
  };
}

/** Finds the paths with a parameter that match `path`, as `/api/logs/:id` matches `/api/logs/batch`, and returns their methods. */
function coveringMethods(
  path: string,
  methodsByPath: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const parts = path.split('/');
  const covers = (pattern: string): boolean => {
    const patternParts = pattern.split('/');
    return (
      pattern !== path &&
      patternParts.length === parts.length &&
      patternParts.every((part, index) => part.startsWith(':') || part === parts[index])
    );
  };
  const covering = [...methodsByPath].filter(([pattern]) => covers(pattern));
  return [...new Set(covering.flatMap(([, methods]) => methods))];
}
