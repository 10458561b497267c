import kafkajs, {
  type ISocketFactory,
  type Kafka,
  type LogEntry,
  type RetryOptions,
  type SASLOptions,
} from 'kafkajs';
import { endStoppedFetches } from './end-stopped-fetches.ts';
import { useOwnReader } from './record-batches/read-record-batches.ts';

/** How much one wants to hear, and what a line is about. */
export type KafkaLog = (level: 'warn' | 'info' | 'debug', message: string, details: object) => void;

/** Which Kafka, and how it is spoken to. */
export interface KafkaConnectionOptions {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly brokers: readonly string[];
  /** TLS with the certificate authorities that Node trusts. */
  readonly ssl?: boolean;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** Hears what the client has to say. */
  readonly log?: KafkaLog;
  /** How sockets are made, where not directly: through a proxy, for instance. */
  readonly socketFactory?: ISocketFactory;
}

const levels = {
  [kafkajs.logLevel.NOTHING]: 'debug',
  // What it calls an error is mostly a rebalance or an attempt that it makes good; what it doesn't, our ports tell.
  [kafkajs.logLevel.ERROR]: 'warn',
  [kafkajs.logLevel.WARN]: 'warn',
  [kafkajs.logLevel.INFO]: 'info',
  [kafkajs.logLevel.DEBUG]: 'debug',
} as const;

/** The way to a cluster. The adapters of this package share it; each makes its own connections. */
export class KafkaConnection {
  readonly #options: KafkaConnectionOptions;

  constructor(options: KafkaConnectionOptions) {
    this.#options = options;
    useOwnReader();
    endStoppedFetches();
  }

  /** A client that waits so long for the answer to a request, and tries so often again what can be tried again. */
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

// What every line of ours has by itself.
const framing: ReadonlySet<string> = new Set(['message', 'timestamp', 'logger']);
