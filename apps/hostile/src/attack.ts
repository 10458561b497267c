import type { Target } from './target.ts';

/** An attack on the service, as data. */
export interface Attack {
  /** The name, such as `s1-deep-paths`. `s1` is the kind in docs/hostile.md. `--only s1` runs all attacks of this kind. */
  readonly name: string;
  /** What the attack sends, for `--list`. */
  readonly about: string;
  /** The engines of the service that the attack needs: embedded, or Kafka with MongoDB. Default: the attack runs on both. */
  readonly only?: 'embedded' | 'kafka';
  /** Whether the attack is part of the short run, which is part of `npm test`. */
  readonly short?: true;
  /** Whether the attack mostly waits. Such attacks run on another service, in parallel with the other attacks. */
  readonly isParallel?: true;
  /** The maximum time for `send`, in ms. Default: 10,000. */
  readonly sendingMs?: number;
  /** Environment variables of the service. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether the attack needs a service that has stored nothing yet. */
  readonly fresh?: true;
  /** Stores the data that the attack needs, before the measurement. */
  readonly prepare?: (target: Target) => Promise<void>;
  /** Carries out the attack, while its cost is measured. Its connections are closed after the check. */
  readonly send: (target: Target) => Promise<void>;
  /** Returns a sentence for each fault of the service that the attack revealed. Called after `send`. */
  readonly check?: (target: Target) => Promise<readonly string[]> | readonly string[];
}
