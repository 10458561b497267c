import { Principal, ProjectId, RuleBroken } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/** The header that names the project of a request. */
const header = 'X-Project';

/** The projects that the header `X-Project` may name on a route. `readable`: `_system` too. `none`: the route ignores the header. */
export type NamedProjects = 'writable' | 'readable' | 'none';

interface Routed {
  readonly url?: string | undefined;
  readonly config: { readonly projects?: NamedProjects };
}

/**
 * Returns the projects that `X-Project` may name on a route. Only routes below `/api` and `/v1` have data of projects. `api` calls this
 * once for each route, and keeps the result in the `config` of the route.
 */
export const projectsOf = ({ url = '', config }: Routed): NamedProjects =>
  /^\/(?:api|v1)\//.test(url) ? (config.projects ?? 'writable') : 'none';

/**
 * Sets the project and the sender of a request. The project is the one that the header `X-Project` names. Without the header, it is the
 * project of the key, or `default` for operators. Throws 400 if the name is invalid or the route does not allow it, and 403 if the key
 * belongs to another project.
 */
export function setProject(request: FastifyRequest): void {
  const { headers, principal, route } = request;
  // Node joins the values of a repeated header with commas.
  const name = headers['x-project']?.toString();
  const projects = route.config.projects ?? 'none';
  const named = name === undefined || projects === 'none' ? undefined : parsed(name, projects);
  if (named !== undefined && !Principal.reaches(principal, named))
    throw new Problem(403, `This API key belongs to one project, and ${header} names another.`);
  request.namedProject = named;
  request.project = named ?? Principal.defaultProject(principal);
  request.sender = Principal.senderIn(principal, request.project);
}

function parsed(name: string, projects: NamedProjects): ProjectId {
  try {
    if (name.includes(',')) throw new RuleBroken('must be given once, with one name');
    return projects === 'readable' ? ProjectId.parseReadable(name) : ProjectId.parse(name);
  } catch (error) {
    if (!(error instanceof RuleBroken)) throw error;
    const errors = [{ path: `/${header}`, message: error.message }];
    throw new Problem(400, `The header ${header} ${error.message}.`, { errors, cause: error });
  }
}
