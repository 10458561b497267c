import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { type FaultyProxy, faultyProxy } from '../network/faulty-proxy.ts';
import { freePorts } from '../network/free-ports.ts';
import { GuardedProcess } from '../process/guarded-process.ts';
import { type KafkaProgram, kafkaProgram } from './kafka-program.ts';
import { temporaryFolder } from '../process/temporary-folder.ts';

/** A Kafka cluster that a test started, on the loopback interface. */
export interface Kafka {
  /** `host:port` of each broker. */
  readonly brokers: readonly string[];
  /** `host:port` of each broker, without a proxy and without credentials. The brokers use these addresses among themselves. */
  readonly directBrokers: readonly string[];
  /** The folder in which each broker keeps its partitions. */
  readonly folders: readonly string[];
  /** One proxy in front of each broker if the cluster is `proxied`, else none. */
  readonly proxies: readonly FaultyProxy[];
  /** Sends a signal to a broker. A broker is given by its index in `brokers`. */
  signal(broker: number, signal: NodeJS.Signals): void;
  /** Stops a broker cleanly. */
  end(broker: number): Promise<void>;
  /** Kills a broker if it runs, and starts it again. Resolves when all brokers answer. */
  restart(broker: number): Promise<void>;
  stop(): Promise<void>;
}

/** Options of a cluster. */
export interface KafkaOptions {
  /** Default: 1. */
  readonly brokers?: number;
  /** If set, clients must use these credentials, with SASL PLAIN. */
  readonly credentials?: Credentials;
  /** Whether clients reach the brokers through proxies. Default: false. */
  readonly proxied?: boolean;
}

/** The name and the password of a client. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Starts a cluster. Its brokers are their own controllers (KRaft). */
export async function startKafka({
  brokers: count = 1,
  credentials,
  proxied = false,
}: KafkaOptions = {}): Promise<Kafka> {
  const program = kafkaProgram('256m');
  const ports = await freePorts(count * 3);
  const [clients, internal, controllers] = [
    ports.slice(0, count),
    ports.slice(count, 2 * count),
    ports.slice(2 * count),
  ];
  const folder = temporaryFolder('kafka');
  const home = folder.path;
  const proxies = proxied ? await Promise.all(clients.map((port) => faultyProxy(port))) : [];
  const advertised = proxied ? proxies.map(({ port }) => port) : clients;
  const nodes: GuardedProcess[] = [];
  const addresses = (of: readonly number[]): string[] => of.map((port) => `127.0.0.1:${port}`);
  const launch = (index: number): void => {
    const [file = '', ...args] = program.broker;
    const name = `Kafka broker ${index + 1}`;
    nodes[index] = new GuardedProcess(name, file, [...args, join(home, `${index + 1}.properties`)], home);
  };
  const ready = async (): Promise<void> => {
    const readiness = waitUntilReady(addresses(internal));
    await Promise.race(nodes.map((node) => node.until(readiness)));
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...nodes.map((node) => node.kill()), ...proxies.map((proxy) => proxy.close())]);
    folder.remove();
  };
  try {
    for (let index = 0; index < count; index += 1) {
      const place = { clients, internal, controllers, advertised, index, credentials };
      await prepare(program, place, home);
      launch(index);
    }
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers: addresses(advertised),
    directBrokers: addresses(internal),
    folders: nodes.map((_, index) => dataFolder(home, index)),
    proxies,
    signal: (broker, signal) => nodes[broker]?.signal(signal),
    async end(broker) {
      await nodes[broker]?.end('SIGTERM');
    },
    async restart(broker) {
      await nodes[broker]?.kill();
      launch(broker);
      await ready();
    },
    stop,
  };
}

/** The index of a broker, and the ports of all brokers: for clients, for other brokers, and for controllers. */
interface BrokerPlace {
  readonly clients: readonly number[];
  readonly internal: readonly number[];
  readonly controllers: readonly number[];
  /** The ports that the brokers tell clients to use. */
  readonly advertised: readonly number[];
  readonly index: number;
  readonly credentials: Credentials | undefined;
}

async function prepare(program: KafkaProgram, place: BrokerPlace, home: string): Promise<void> {
  const { index, clients } = place;
  const formatted = program.formattedFolder(`data-${index + 1}-of-${clients.length}`, (data) =>
    propertiesOf({ ...place, credentials: undefined }, data),
  );
  const data = dataFolder(home, index);
  await cp(join(formatted, 'data'), data, { recursive: true });
  await writeFile(join(home, `${index + 1}.properties`), propertiesOf(place, data));
}

const dataFolder = (home: string, index: number): string => join(home, `data-${index + 1}`);

function propertiesOf(place: BrokerPlace, data: string): string {
  const { clients, internal, controllers, advertised, index, credentials } = place;
  const voters = controllers.map((port, node) => `${node + 1}@127.0.0.1:${port}`);
  const replicas = Math.min(clients.length, 3);
  const minimum = Math.max(1, replicas - 1);
  const own = `INTERNAL://127.0.0.1:${internal[index]}`;
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': index + 1,
    'controller.quorum.voters': voters.join(),
    listeners: `CLIENTS://127.0.0.1:${clients[index]},${own},CONTROLLER://127.0.0.1:${controllers[index]}`,
    'advertised.listeners': `CLIENTS://127.0.0.1:${advertised[index]},${own}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,CLIENTS:${credentials === undefined ? '' : 'SASL_'}PLAINTEXT`,
    ...(credentials === undefined ? {} : saslProperties(credentials)),
    'log.dirs': data,
    'default.replication.factor': replicas,
    'min.insync.replicas': minimum,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': minimum,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': minimum,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    // These let the cluster notice the loss of a broker soon.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
    'controller.quorum.election.timeout.ms': 1000,
    'controller.quorum.fetch.timeout.ms': 1500,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function saslProperties({ username, password }: Credentials): Readonly<Record<string, string>> {
  const login = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  return {
    'sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.clients.plain.sasl.jaas.config': `${login} username="${username}" password="${password}" user_${username}="${password}";`,
  };
}

/**
 * Resolves when all brokers answer and the group coordinator has loaded. The coordinator creates its topic when it is first used, and
 * answers with errors until then.
 */
async function waitUntilReady(brokers: readonly string[]): Promise<void> {
  const client = new kafkajs.Kafka({
    brokers: [...brokers],
    clientId: 'readiness',
    connectionTimeout: 1000,
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 0 },
  });
  const admin = client.admin();
  const deadline = Date.now() + 90_000;
  for (;;) {
    try {
      await admin.connect();
      const { brokers: answering } = await admin.describeCluster();
      if (answering.length < brokers.length)
        throw new Error(`${answering.length} of ${brokers.length} brokers answer.`);
      await admin.fetchOffsets({ groupId: 'readiness' });
      await admin.disconnect();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error('Kafka does not answer.', { cause: error });
      await delay(100);
    }
  }
}
