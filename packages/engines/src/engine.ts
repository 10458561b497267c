import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type {
  ActivityRepository,
  DeadLetterQueue,
  DeadLetterRepository,
  EventConsumer,
  EventPublisher,
  PublishObserver,
  TopicRegistry,
} from '@user-activity/domain';
import type { Closers, Given, Logger } from '@user-activity/runner';

/** The limits of a publisher, and its observer. */
export interface PublisherOptions {
  readonly publishTimeoutMs: number;
  readonly bufferedEvents: number;
  readonly bufferedBytes: number;
  readonly observer: PublishObserver;
}

/** An open log, as the ports that it implements. */
export interface LogEngine {
  /** Makes a publisher. The caller closes it. */
  publisher(options: PublisherOptions): EventPublisher;
  /** Returns a function that makes new members of the consumer group. The caller stops them. */
  consumers(): () => EventConsumer;
  /** The queue of dead letters that the log has besides the queue of the store. */
  readonly deadLetterQueue?: DeadLetterQueue;
  /** The topic, if its number of partitions must stay the same. */
  readonly topic?: { readonly name: string; readonly partitions: number };
}

/** An open store, as the ports that it implements. */
export interface StoreEngine {
  readonly repository: ActivityRepository;
  readonly deadLetters: DeadLetterRepository;
  readonly deadLetterQueue: DeadLetterQueue;
  /** A log with a `topic` needs it. */
  readonly topics?: TopicRegistry;
}

/** The time limits of a store. */
export interface StoreLimits {
  /** Default: that of the store. */
  readonly queryTimeoutMs?: number | undefined;
}

/** Opens a log. What must be closed goes to the closers. Rejects with LOG_UNAVAILABLE while the log is out of reach. */
export type OpenLog = (closers: Closers, logger: Logger) => Promise<LogEngine>;

/** Opens a store. What must be closed goes to the closers. Rejects with STORE_UNAVAILABLE while the store is out of reach. */
export type OpenStore = (closers: Closers, limits: StoreLimits) => Promise<StoreEngine>;

/** A log or a store with its settings, not open yet. */
export interface ConfiguredEngine<Open> {
  readonly name: string;
  readonly variable: string | undefined;
  readonly settings: unknown;
  readonly open: Open;
}

/** A kind of log or store that an app can run on, such as Kafka. */
export interface EngineKind<Open> {
  /** Its name in log lines and errors. */
  readonly name: string;
  /** The variable that chooses it by being set. An embedded engine has none: it is used if no other is chosen. */
  readonly variable: string | undefined;
  readonly variables: TProperties;
  /** Returns the faults between its variables. */
  faults(given: Given): readonly string[];
  /** Takes its settings from the checked variables. */
  configure(values: object): ConfiguredEngine<Open>;
}

/** Defines a kind of log or store: its variables, the settings that they give, and how it is opened with these settings. */
export function defineEngine<
  Variables extends TProperties,
  Settings,
  Args extends readonly unknown[],
  Ports,
>({
  name,
  variable,
  variables,
  faults = () => [],
  settings: settingsOf,
  open,
}: {
  readonly name: string;
  readonly variable?: keyof Variables & string;
  readonly variables: Variables;
  readonly faults?: (given: Given) => readonly string[];
  readonly settings: (values: Static<TObject<Variables>>) => Settings;
  readonly open: (settings: Settings, ...args: Args) => Promise<Ports>;
}): EngineKind<(...args: Args) => Promise<Ports>> {
  const schema = Type.Object(variables);
  return {
    name,
    variable,
    variables,
    faults,
    configure(values) {
      if (!Value.Check(schema, values)) throw new Error(`The variables of ${name} were not checked.`);
      const settings = settingsOf(values);
      return { name, variable, settings, open: (...args) => open(settings, ...args) };
    },
  };
}
