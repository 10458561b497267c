import type { Target } from './target.ts';

/** An attack on the service. */
export interface Attack {
  /** The name, such as `s1-deep-paths`. It begins with the kind, here `s1`, which docs/hostile.md describes. `--only s1` runs all attacks of the kind. */
  readonly name: string;
  /** What the attack sends. `--list` prints this. */
  readonly about: string;
  /** Where the attack runs: `embedded` means the embedded log and store, `kafka` means Kafka with MongoDB. Default: it runs on both. */
  readonly onlyOn?: 'embedded' | 'kafka';
  /** Whether `npm test` also runs the attack. */
  readonly isShort?: true;
  /** Whether the attack mostly waits. Attacks with this flag run on a second service, in parallel with the attacks without it. */
  readonly isParallel?: true;
  /** The maximum time for `send`, in ms. Default: 10,000. */
  readonly maxSendMs?: number;
  /** Additional environment variables for the service. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether the attack needs a new service with an empty store. */
  readonly needsNewService?: true;
  /** Stores the data that the attack needs. Runs before the measurement begins. */
  readonly prepare?: (target: Target) => Promise<void>;
  /** Carries out the attack. The service is measured meanwhile. The connections of the attack stay open until `check` has run. */
  readonly send: (target: Target) => Promise<void>;
  /** Returns a sentence for each fault that the attack revealed in the service. Runs after `send`. */
  readonly check?: (target: Target) => Promise<readonly string[]> | readonly string[];
}
