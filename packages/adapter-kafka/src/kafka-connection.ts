import kafkajs, {
  type ISocketFactory,
  type Kafka,
  type LogEntry,
  type RetryOptions,
  type SASLOptions,
} from 'kafkajs';
import { endStoppedFetches } from './end-stopped-fetches.ts';
import { useOwnReader } from './record-batches/read-record-batches.ts';

/** Writes a log line of the Kafka client. */
export type KafkaLog = (level: 'warn' | 'info' | 'debug', message: string, details: object) => void;

/** How to connect to Kafka. */
export interface KafkaConnectionOptions {
  /** `host:port` of some brokers; these name the others. */
  readonly brokers: readonly string[];
  /** TLS with the certificate authorities that Node trusts. */
  readonly ssl?: boolean;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** Receives the log lines of the client. Default: they are dropped. */
  readonly log?: KafkaLog;
  /** Makes the sockets, for instance through a proxy. Default: direct connections. */
  readonly socketFactory?: ISocketFactory;
}

const levels = {
  [kafkajs.logLevel.NOTHING]: 'debug',
  // KafkaJS's errors are mostly rebalances or attempts that it retries. Our ports report the others.
  [kafkajs.logLevel.ERROR]: 'warn',
  [kafkajs.logLevel.WARN]: 'warn',
  [kafkajs.logLevel.INFO]: 'info',
  [kafkajs.logLevel.DEBUG]: 'debug',
} as const;

/** The settings of a cluster, shared by the adapters of this package. Each adapter makes its own connections. */
export class KafkaConnection {
  readonly #options: KafkaConnectionOptions;

  constructor(options: KafkaConnectionOptions) {
    this.#options = options;
    useOwnReader();
    endStoppedFetches();
  }

  /** Makes a client with a time limit for each answer, and with rules for retries. */
  client(requestTimeoutMs: number, retry: RetryOptions): Kafka {
    const { brokers, ssl = false, sasl, log = () => undefined, socketFactory } = this.#options;
    return new kafkajs.Kafka({
      clientId: 'user-activity',
      brokers: [...brokers],
      ssl,
      ...(sasl === undefined ? {} : { sasl: { ...sasl } as SASLOptions }),
      ...(socketFactory === undefined ? {} : { socketFactory }),
      connectionTimeout: 3000,
      requestTimeout: requestTimeoutMs,
      retry,
      logLevel: kafkajs.logLevel.INFO,
      logCreator: () => (entry) => log(levels[entry.level], ...lineOf(entry)),
    });
  }
}

function lineOf({ namespace, log }: LogEntry): [message: string, details: object] {
  const details = Object.entries(log).filter(([name]) => !framing.has(name));
  return [`Kafka ${namespace}: ${log.message}`, Object.fromEntries<unknown>(details)];
}

// Our log lines have these already.
const framing: ReadonlySet<string> = new Set(['message', 'timestamp', 'logger']);
