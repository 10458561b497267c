import type { Target } from './target.ts';

/** An attack on the service, as data. */
export interface Attack {
  /** Such as `s1-deep-paths`; `s1` is the kind in docs/hostile.md, and `--only s1` runs all of that kind. */
  readonly name: string;
  /** A description of what it sends. */
  readonly about: string;
  /** The engine it runs on. Default: both. */
  readonly only?: 'embedded' | 'kafka';
  /** Whether it is part of the short run. */
  readonly short?: true;
  /** Whether it mostly waits. Such attacks run beside the others, on a service of their own. */
  readonly beside?: true;
  /** The maximum time for `send`, in ms. Default: 10,000. */
  readonly sendingMs?: number;
  /** Environment variables of the service. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it needs a service that has stored nothing yet. */
  readonly fresh?: true;
  /** Stores what the attack needs. Not measured. */
  readonly prepare?: (target: Target) => Promise<void>;
  /** Carries out the attack. Measured. Connections that it opens are closed afterwards. */
  readonly send: (target: Target) => Promise<void>;
  /** Returns what else is wrong afterwards, a sentence each. */
  readonly check?: (target: Target) => Promise<readonly string[]> | readonly string[];
}
