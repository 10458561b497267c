import { ProjectId } from '../activity/project-id.ts';
import type { Sender } from '../activity/sender.ts';
import { AccessKey } from './access-key.ts';
import type { Actor } from './actor.ts';
import { KeyProject } from './key-project.ts';
import { Scope } from './scope.ts';
import type { WebOrigin } from './web-origin.ts';

/** Who sends a request, and what they may do. */
export interface Principal {
  readonly actor: Actor;
  readonly project: KeyProject;
  readonly scopes: readonly Scope[];
  /** The origins of the web pages from which a public key may be used. Empty for everyone else. */
  readonly origins: readonly WebOrigin[];
}

const operator = { project: KeyProject.operator, scopes: Scope.all, origins: [] };

export const Principal = {
  /** The sender of a request with a key from the configuration. */
  root: { actor: 'root', ...operator } satisfies Principal as Principal,
  /** The sender of every request if the deployment needs no key. */
  anonymous: { actor: 'anonymous', ...operator } satisfies Principal as Principal,
  /** Returns the sender of a request with this key. */
  of: ({ id, project, scopes, origins }: AccessKey): Principal => ({ actor: id, project, scopes, origins }),
  /** Returns whether the principal may do the kind of work of this scope. */
  holds: ({ scopes }: Principal, scope: Scope): boolean => scopes.includes('admin') || scopes.includes(scope),
  /** Returns whether the principal may name any project, and manage projects. */
  isOperator: ({ project }: Principal): boolean => project === KeyProject.operator,
  /** Returns whether the principal may act in a project. */
  reaches: (principal: Principal, project: KeyProject): boolean =>
    Principal.isOperator(principal) || principal.project === project,
  /** Returns whether the principal has a public key, which everybody can read in the web pages that use it. */
  isPublic: (principal: Principal): boolean => AccessKey.isPublic(principal),
  /** Returns whether the principal may send a request from a web page of this origin. `origin` is undefined for a request from elsewhere. */
  isAllowedFrom: ({ origins }: Principal, origin: string | undefined): boolean =>
    !AccessKey.isPublic({ origins }) || origins.some((allowed) => allowed === origin),
  /** Returns the principal as the `Sender` of new activities in a project. */
  senderIn: ({ actor, origins }: Principal, project: ProjectId): Sender =>
    AccessKey.isPublic({ origins }) && actor !== 'root' && actor !== 'anonymous'
      ? { project, publicKey: actor }
      : { project },
  /** Returns the project that a request of the principal means if it names none. */
  defaultProject: ({ project }: Principal): ProjectId =>
    project === KeyProject.operator ? ProjectId.default : project,
};
