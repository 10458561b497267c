import { buildGoProgram, hasGo } from './go-program.ts';
import { nodeCommand, type Program } from './server-process.ts';

/** What a contender needs to start. */
export interface ContenderSettings {
  /** Environment variables that name the broker, the topic and the database. */
  readonly environment: Readonly<Record<string, string>>;
  /** The folder for executable files that the run compiles. */
  readonly buildFolder: string;
}

/** The service, or a server that the bench compares with it. Accepts activities over HTTP at the paths of the service. */
export interface Contender {
  readonly name: string;
  readonly about: string;
  /** Whether the program writes to Kafka. If so, it gets a topic, which must hold every activity that it answered with 202. */
  readonly isOnKafka: boolean;
  /** Returns the reason if the program cannot run on this machine; otherwise undefined. Default: it can run. */
  readonly getUnavailableReason?: () => string | undefined;
  readonly program: (settings: ContenderSettings) => Program;
}

const nodeProgram =
  (file: string): Contender['program'] =>
  ({ environment }) => ({ command: nodeCommand(file), environment });

/** The service on Kafka, other programs that write to Kafka, and one that writes nowhere, which shows the upper limit. */
export const kafkaContenders: readonly Contender[] = [
  {
    name: 'product',
    about: 'the service: apps/api in its own process',
    isOnKafka: true,
    program: nodeProgram('apps/api/src/main.ts'),
  },
  {
    name: 'fair limit',
    about: 'Fastify, validation, ids and JSON as in the service, but nothing is published',
    isOnKafka: false,
    program: nodeProgram('apps/bench/src/programs/fair-limit.ts'),
  },
  {
    name: 'own',
    about: 'a minimal node:http server, and our own record batches on a raw socket',
    isOnKafka: true,
    program: nodeProgram('apps/bench/src/programs/own.ts'),
  },
  {
    name: 'classic',
    about: 'Express, and one send call of KafkaJS for each request',
    isOnKafka: true,
    program: nodeProgram('apps/bench/src/programs/classic.ts'),
  },
  {
    name: 'Go',
    about: "Go's net/http and franz-go",
    isOnKafka: true,
    getUnavailableReason: () => (hasGo() ? undefined : 'the command `go` is not installed'),
    program: ({ environment, buildFolder }) => ({ command: [buildGoProgram(buildFolder)], environment }),
  },
];

/** The embedded service, and a program that also writes into one SQLite file. */
export const embeddedContenders: readonly Contender[] = [
  {
    name: 'product',
    about: 'the embedded service: apps/standalone, which logs and stores activities',
    isOnKafka: false,
    program: nodeProgram('apps/standalone/src/main.ts'),
  },
  {
    name: 'node:sqlite',
    about:
      'a minimal node:http server, and one transaction for all activities that arrive in the same turn of the event loop',
    isOnKafka: false,
    program: nodeProgram('apps/bench/src/programs/raw-sqlite.ts'),
  },
];
