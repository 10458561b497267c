import { ProjectId, RuleBroken } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/** The header that names the project of a request. */
const header = 'X-Project';

/** The projects that the requests of a route may name. `readable`: `_system` too. `none`: the route ignores the header. */
export type NamedProjects = 'writable' | 'readable' | 'none';

interface Routed {
  readonly url?: string | undefined;
  readonly config: { readonly projects?: NamedProjects };
}

/** Returns the projects that the requests of a route may name. Only routes below `/api` and `/v1` have data of projects. */
export const projectsOf = ({ url = '', config }: Routed): NamedProjects =>
  /^\/(?:api|v1)\//.test(url) ? (config.projects ?? 'writable') : 'none';

/** Returns the project that the header `X-Project` names. Default: `default`. Throws 400 if the route allows no such name. */
export function projectOf({ headers, routeOptions }: FastifyRequest): ProjectId {
  const name = headers['x-project'];
  if (name === undefined) return ProjectId.default;
  const projects = projectsOf(routeOptions);
  if (projects === 'none') return ProjectId.default;
  try {
    // Node joins the values of a repeated header with commas.
    if (name.includes(',')) throw new RuleBroken('must be given once, with one name');
    return projects === 'readable' ? ProjectId.parseReadable(name) : ProjectId.parse(name);
  } catch (error) {
    if (!(error instanceof RuleBroken)) throw error;
    const errors = [{ path: `/${header}`, message: error.message }];
    throw new Problem(400, `The header ${header} ${error.message}.`, { errors, cause: error });
  }
}
