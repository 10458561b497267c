import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type {
  ActivityFeed,
  ActivityRepository,
  DeadLetterQueue,
  DeadLetterRepository,
  ErasureLedger,
  EventConsumer,
  EventPublisher,
  KeyRepository,
  Outbox,
  PartitionProgress,
  ProjectRepository,
  PublishObserver,
  SettledOffsets,
  TopicIdentity,
  TopicRegistry,
} from '@user-activity/domain';
import type { AwaitedEngine, Closers, RawValues, Logger } from '@user-activity/runner';

/** The limits of a publisher's calls and buffer, and its observer. */
export interface PublisherOptions {
  readonly publishTimeoutMs: number;
  readonly maxBufferedEvents: number;
  readonly maxBufferedBytes: number;
  readonly observer: PublishObserver;
}

/** The ports of an open log. */
export interface LogEngine {
  /** Makes a publisher. The caller closes it. */
  makePublisher(options: PublisherOptions): EventPublisher;
  /** Returns a function that makes new members of the consumer group. The caller stops them. */
  makeConsumerFactory(): () => EventConsumer;
  /** Returns the progress of the consumer group in all partitions, no matter which process consumes them. Rejects with LOG_UNAVAILABLE. */
  progress(): Promise<readonly PartitionProgress[]>;
  /** The log's own queue of dead letters, if it has one. */
  readonly deadLetterQueue?: DeadLetterQueue;
  /** The time after which a group member that does not respond loses its partitions, in milliseconds. 0 if it never loses them. */
  readonly sessionMs: number;
  /** The topic of the log. Its number of partitions must never change. */
  readonly topic: TopicIdentity;
}

/** The ports of an open store. */
export interface StoreEngine {
  readonly feed: ActivityFeed;
  readonly repository: ActivityRepository;
  readonly deadLetters: DeadLetterRepository;
  readonly deadLetterQueue: DeadLetterQueue;
  readonly ledger: ErasureLedger;
  readonly projects: ProjectRepository;
  readonly keys: KeyRepository;
  readonly outbox: Outbox;
  readonly topics: TopicRegistry;
  readonly settledOffsets: SettledOffsets;
}

/** The options for opening a log or a store. */
export interface OpenOptions {
  /** Receives the opened resources, to close them later. */
  readonly closers: Closers;
  readonly logger: Logger;
  /** The time limit of each query of the store, in milliseconds. */
  readonly queryTimeoutMs: number;
  /** Restarts the time limit for the start of the process. A long migration calls it while it makes progress. */
  readonly onProgress: () => void;
}

/** A log or a store with its settings. It is not open yet. */
export interface ConfiguredEngine<Ports> extends AwaitedEngine {
  readonly settings: unknown;
  /** Rejects with LOG_UNAVAILABLE or STORE_UNAVAILABLE while the log or the store is unreachable. */
  open(options: OpenOptions): Promise<Ports>;
}

/** A kind of log or store, such as Kafka. An operator chooses it by setting the environment variable that `variable` names. */
export interface EngineKind<Ports> extends AwaitedEngine {
  /** The schemas of all environment variables of this kind, by name. */
  readonly variables: TProperties;
  /** Returns the faults of combinations of its variables. */
  faults(texts: RawValues): readonly string[];
  /** Returns the kind with settings from the variables. Throws if a variable is invalid. */
  configure(values: object): ConfiguredEngine<Ports>;
}

/** Defines a kind of log or store: its variables, the settings made from them, and how to open it with these settings. */
export function defineEngine<Variables extends TProperties, Settings, Ports>(definition: {
  readonly name: string;
  readonly variable?: keyof Variables & string;
  readonly variables: Variables;
  readonly faults?: (texts: RawValues) => readonly string[];
  readonly settings: (values: Static<TObject<Variables>>) => Settings;
  readonly open: (settings: Settings, options: OpenOptions) => Promise<Ports>;
}): EngineKind<Ports> {
  const { name, variable, variables, faults = () => [] } = definition;
  const schema = Type.Object(variables);
  return {
    name,
    variable,
    variables,
    faults,
    configure(values) {
      if (!Value.Check(schema, values))
        throw new Error(`The variables of ${name} are invalid, which should have been checked before.`);
      const settings = definition.settings(values);
      return { name, variable, settings, open: (options) => definition.open(settings, options) };
    },
  };
}
