import type { Target } from './target.ts';

/** A way to hurt the service, as data. */
export interface Attack {
  /** Such as `s1-batch-faults`; `s1` is the finding of docs/hostile.md that it belongs to. */
  readonly name: string;
  /** What it sends. */
  readonly about: string;
  /** The engines it runs on. Default: both. */
  readonly only?: 'embedded' | 'kafka';
  /** Whether it is part of the short run. */
  readonly short?: true;
  /** Whether it waits more than it works: then it runs beside the others, on a service of its own. */
  readonly beside?: true;
  /** How long it may take to send, in ms. Default: 10,000. */
  readonly sendingMs?: number;
  /** Variables of the service. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Needs a service that has stored nothing yet. */
  readonly fresh?: true;
  /** Is not measured: what must be there before. */
  readonly prepare?: (target: Target) => Promise<void>;
  /** Is measured. Connections that it opens are closed afterwards. */
  readonly send: (target: Target) => Promise<void>;
  /** What else had to hold and did not, one sentence each. */
  readonly check?: (target: Target) => Promise<readonly string[]> | readonly string[];
}
