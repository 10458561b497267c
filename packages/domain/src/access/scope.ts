import { RuleBroken } from '../shared/violation.ts';

/**
 * The kinds of work that an API key may allow.
 *  - `write`         log activities;
 *  - `read`          query activities;
 *  - `dead-letters`  list and replay dead letters;
 *  - `metrics`       read the metrics of the process;
 *  - `erase`         erase data;
 *  - `admin`         manage keys and settings. It includes every other scope.
 */
export type Scope = (typeof scopes)[number];

const scopes = ['write', 'read', 'dead-letters', 'metrics', 'erase', 'admin'] as const;

export const Scope = {
  all: scopes as readonly Scope[],
  /** Parses the scopes of a key. Throws RuleBroken if they are not a list of at least one scope, or if the list has a scope twice. */
  parseList(raw: unknown): readonly Scope[] {
    if (!Array.isArray(raw) || raw.length === 0 || raw.length > scopes.length || !raw.every(isScope))
      throw new RuleBroken(`must be a list of one or more scopes, each one of ${scopes.join(', ')}`);
    if (new Set(raw).size < raw.length) throw new RuleBroken('must not name a scope twice');
    return scopes.filter((scope) => raw.includes(scope));
  },
  /** Converts the scopes of a key from our own store. Omits scopes that this version does not know. */
  trusted: (raw: readonly string[]): readonly Scope[] => scopes.filter((scope) => raw.includes(scope)),
};

const isScope = (raw: unknown): raw is Scope => scopes.some((scope) => scope === raw);
