import { buildGoProgram, hasGo } from './go-program.ts';
import { nodeCommand, type Program } from './server-process.ts';

/** What a program of the bench connects to, and the folder of what is compiled for the run. */
export interface ContenderSettings {
  readonly environment: Readonly<Record<string, string>>;
  readonly buildFolder: string;
}

/** A program that logs activities over HTTP, at the paths of the service. */
export interface Contender {
  readonly name: string;
  readonly about: string;
  /** Whether it writes to Kafka. Then it needs a topic, and the topic must hold every activity that it answered with 202. */
  readonly isOnKafka: boolean;
  /** Returns why the program cannot run here, if so. */
  readonly missing?: () => string | undefined;
  readonly program: (settings: ContenderSettings) => Program;
}

const ofNode =
  (file: string): Contender['program'] =>
  ({ environment }) => ({ command: nodeCommand(file), environment });

/** Programs that write to Kafka, and the limit of those that do not. */
export const kafkaContenders: readonly Contender[] = [
  {
    name: 'product',
    about: 'the service: apps/api as a process of its own',
    isOnKafka: true,
    program: ofNode('apps/api/src/main.ts'),
  },
  {
    name: 'fair limit',
    about: 'the same Fastify, validation, ids and JSON, published nowhere',
    isOnKafka: false,
    program: ofNode('apps/bench/src/programs/fair-limit.ts'),
  },
  {
    name: 'own',
    about: 'lean node:http, and record batches of our own on a bare socket',
    isOnKafka: true,
    program: ofNode('apps/bench/src/programs/own.ts'),
  },
  {
    name: 'classic',
    about: 'Express, and one send of KafkaJS for each request',
    isOnKafka: true,
    program: ofNode('apps/bench/src/programs/classic.ts'),
  },
  {
    name: 'Go',
    about: "Go's net/http and franz-go",
    isOnKafka: true,
    missing: () => (hasGo() ? undefined : 'Go is missing'),
    program: ({ environment, buildFolder }) => ({ command: [buildGoProgram(buildFolder)], environment }),
  },
];

/** Programs that write into one SQLite file. */
export const embeddedContenders: readonly Contender[] = [
  {
    name: 'product',
    about: 'the embedded service: apps/standalone, which also stores what it logs',
    isOnKafka: false,
    program: ofNode('apps/standalone/src/main.ts'),
  },
  {
    name: 'node:sqlite',
    about: 'lean node:http, and log and store in one transaction for each turn',
    isOnKafka: false,
    program: ofNode('apps/bench/src/programs/raw-sqlite.ts'),
  },
];
