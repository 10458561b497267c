import { ProjectId } from '../activity/project-id.ts';
import type { AccessKey } from './access-key.ts';
import type { Actor } from './actor.ts';
import { KeyProject } from './key-project.ts';
import { Scope } from './scope.ts';

/** Who sends a request, and what they may do. */
export interface Principal {
  readonly actor: Actor;
  readonly project: KeyProject;
  readonly scopes: readonly Scope[];
}

const operator = { project: KeyProject.operator, scopes: Scope.all };

export const Principal = {
  root: { actor: 'root', ...operator } satisfies Principal as Principal,
  anonymous: { actor: 'anonymous', ...operator } satisfies Principal as Principal,
  of: ({ id, project, scopes }: AccessKey): Principal => ({ actor: id, project, scopes }),
  /** Returns whether the principal may do this kind of work in its projects. */
  holds: ({ scopes }: Principal, scope: Scope): boolean => scopes.includes('admin') || scopes.includes(scope),
  /** Returns whether the principal may name any project, and manage projects. */
  isOperator: ({ project }: Principal): boolean => project === KeyProject.operator,
  /** Returns whether the principal may act in a project. */
  reaches: (principal: Principal, project: KeyProject): boolean =>
    Principal.isOperator(principal) || principal.project === project,
  /** Returns the project of requests that name none. */
  defaultProject: ({ project }: Principal): ProjectId =>
    project === KeyProject.operator ? ProjectId.default : project,
};
