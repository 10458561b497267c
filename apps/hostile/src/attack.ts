import type { Target } from './target.ts';

/** An attack on the service. */
export interface Attack {
  /** The name, such as `s1-deep-paths`. docs/hostile.md describes the kind `s1`. `--only s1` runs all attacks of this kind. */
  readonly name: string;
  /** What the attack sends, for `--list`. */
  readonly about: string;
  /** The engines of the service that the attack needs: embedded, or Kafka with MongoDB. Default: the attack runs on both. */
  readonly onlyOn?: 'embedded' | 'kafka';
  /** Whether the attack is part of the short run, which is part of `npm test`. */
  readonly isShort?: true;
  /** Whether the attack mostly waits. Such attacks run on a second service, in parallel with the attacks without this flag. */
  readonly isParallel?: true;
  /** The maximum time for `send`, in ms. Default: 10,000. */
  readonly maxSendMs?: number;
  /** Environment variables of the service. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether the attack needs a new service, which has stored nothing yet. */
  readonly needsNewService?: true;
  /** Stores the data that the attack needs, before the measurement. */
  readonly prepare?: (target: Target) => Promise<void>;
  /** Carries out the attack, while the service is measured. The connections of the attack are closed after `check`. */
  readonly send: (target: Target) => Promise<void>;
  /** Returns a sentence for each fault of the service that the attack revealed. Called after `send`. */
  readonly check?: (target: Target) => Promise<readonly string[]> | readonly string[];
}
