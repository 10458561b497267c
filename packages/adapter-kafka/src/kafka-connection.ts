import kafkajs, {
  type ISocketFactory,
  type Kafka,
  type LogEntry,
  type RetryOptions,
  type SASLOptions,
} from 'kafkajs';
import { endStoppedFetches } from './end-stopped-fetches.ts';
import { useOwnReader } from './own-reader.ts';

export interface KafkaConnectionOptions {
  /** `host:port` of at least one broker, which tells the client the addresses of the others. */
  readonly brokers: readonly string[];
  /** Whether to use TLS, with the certificate authorities that Node trusts. Default: false. */
  readonly ssl?: boolean;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** Receives the log lines of KafkaJS. By default they are dropped. */
  readonly log?: (level: 'warn' | 'info' | 'debug', message: string, details: object) => void;
  /** Makes the sockets, for instance through a proxy. Default: direct connections. */
  readonly socketFactory?: ISocketFactory;
}

const levels = {
  [kafkajs.logLevel.NOTHING]: 'debug',
  // Most errors that KafkaJS logs are rebalances, or failed attempts that it retries. Our ports report all others.
  [kafkajs.logLevel.ERROR]: 'warn',
  [kafkajs.logLevel.WARN]: 'warn',
  [kafkajs.logLevel.INFO]: 'info',
  [kafkajs.logLevel.DEBUG]: 'debug',
} as const;

/** The settings for connections to a cluster. Each adapter makes its own client. */
export class KafkaConnection {
  readonly #options: KafkaConnectionOptions;

  constructor(options: KafkaConnectionOptions) {
    this.#options = options;
    useOwnReader();
    endStoppedFetches();
  }

  /** Makes a client. `requestTimeoutMs` limits the wait for each response. */
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
      logCreator: () => (entry) => log(levels[entry.level], ...logLineOf(entry)),
    });
  }
}

function logLineOf({ namespace, log }: LogEntry): [message: string, details: object] {
  const details = Object.entries(log).filter(([name]) => !omittedFields.has(name));
  return [`Kafka ${namespace}: ${log.message}`, Object.fromEntries<unknown>(details)];
}

// Our own log lines already have these fields.
const omittedFields: ReadonlySet<string> = new Set(['message', 'timestamp', 'logger']);
