import type { Target } from './target.ts';

/** An attack on the service, as data. */
export interface Attack {
  /** The name, such as `s1-deep-paths`. `s1` is the kind in docs/hostile.md. `--only s1` runs all attacks of this kind. */
  readonly name: string;
  /** What the attack sends, for `--list`. */
  readonly about: string;
  /** The engine that it needs. Default: it runs on both. */
  readonly only?: 'embedded' | 'kafka';
  /** Whether it is part of the short run. */
  readonly short?: true;
  /** Whether it mostly waits. Such attacks run in parallel with the others, on their own service. */
  readonly isParallel?: true;
  /** The maximum time for `send`, in ms. Default: 10,000. */
  readonly sendingMs?: number;
  /** Environment variables of the service. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it needs a service that has stored nothing yet. */
  readonly fresh?: true;
  /** Stores the data that the attack needs. Not measured. */
  readonly prepare?: (target: Target) => Promise<void>;
  /** Carries out the attack. Measured. Connections that it opens are closed afterwards. */
  readonly send: (target: Target) => Promise<void>;
  /** Returns a sentence for each fault that it finds after the attack. */
  readonly check?: (target: Target) => Promise<readonly string[]> | readonly string[];
}
