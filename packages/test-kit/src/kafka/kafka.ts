import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { type FaultyProxy, faultyProxy } from '../network/faulty-proxy.ts';
import { freePorts } from '../network/free-ports.ts';
import type { TlsFiles } from '../network/tls-files.ts';
import { GuardedProcess } from '../process/guarded-process.ts';
import { accessProperties, type ClientAccess, type Credentials } from './client-access.ts';
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
  /** One proxy in front of each broker if `proxied` is set; otherwise empty. */
  readonly proxies: readonly FaultyProxy[];
  /** Sends a signal to a broker. Methods name a broker by its index in `brokers`. */
  signal(broker: number, signal: NodeJS.Signals): void;
  /** Stops a broker cleanly. */
  end(broker: number): Promise<void>;
  /** Kills a broker and starts it again. Resolves when all brokers answer. */
  restart(broker: number): Promise<void>;
  stop(): Promise<void>;
}

/** Options of a cluster. */
export interface KafkaOptions {
  /** The number of brokers. Default: 1. */
  readonly brokers?: number;
  /** If set, clients must use these credentials, with SASL PLAIN. */
  readonly credentials?: Credentials;
  /** If set, clients must use TLS, SASL SCRAM-SHA-512, and have ACLs. A new cluster has no users and no ACLs: create them at `directBrokers`. */
  readonly secured?: TlsFiles;
  /** Whether clients reach the brokers through proxies. Default: false. */
  readonly proxied?: boolean;
}

/** Starts a cluster. Each broker is also a controller (KRaft). */
export async function startKafka({
  brokers: brokerCount = 1,
  credentials,
  secured,
  proxied = false,
}: KafkaOptions = {}): Promise<Kafka> {
  const program = kafkaProgram('256m');
  const ports = await freePorts(brokerCount * 3);
  const [clientPorts, internalPorts, controllerPorts] = [
    ports.slice(0, brokerCount),
    ports.slice(brokerCount, 2 * brokerCount),
    ports.slice(2 * brokerCount),
  ];
  const folder = temporaryFolder('kafka');
  const root = folder.path;
  const proxies = proxied ? await Promise.all(clientPorts.map((port) => faultyProxy(port))) : [];
  const advertisedPorts = proxied ? proxies.map(({ port }) => port) : clientPorts;
  const nodes: GuardedProcess[] = [];
  const addressesOf = (portList: readonly number[]): string[] => portList.map((port) => `127.0.0.1:${port}`);
  const launch = (index: number): void => {
    const [file = '', ...args] = program.brokerCommand;
    const name = `Kafka broker ${index + 1}`;
    nodes[index] = new GuardedProcess(name, file, [...args, join(root, `${index + 1}.properties`)], root);
  };
  const waitForBrokers = async (): Promise<void> => {
    const readiness = waitUntilReady(addressesOf(internalPorts));
    await Promise.race(nodes.map((node) => node.until(readiness)));
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...nodes.map((node) => node.kill()), ...proxies.map((proxy) => proxy.close())]);
    folder.remove();
  };
  try {
    for (let index = 0; index < brokerCount; index += 1) {
      const access = { credentials, secured };
      const settings = { clientPorts, internalPorts, controllerPorts, advertisedPorts, index, access };
      await prepareBroker(program, settings, root);
      launch(index);
    }
    await waitForBrokers();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers: addressesOf(advertisedPorts),
    directBrokers: addressesOf(internalPorts),
    folders: nodes.map((_, index) => dataFolder(root, index)),
    proxies,
    signal: (broker, signal) => nodes[broker]?.signal(signal),
    async end(broker) {
      await nodes[broker]?.end('SIGTERM');
    },
    async restart(broker) {
      await nodes[broker]?.kill();
      launch(broker);
      await waitForBrokers();
    },
    stop,
  };
}

/** The index of a broker, and the ports of all brokers: for clients, for brokers, and for controllers. */
interface BrokerSettings {
  readonly clientPorts: readonly number[];
  readonly internalPorts: readonly number[];
  readonly controllerPorts: readonly number[];
  /** The ports that the brokers tell clients to use. */
  readonly advertisedPorts: readonly number[];
  readonly index: number;
  readonly access: ClientAccess;
}

async function prepareBroker(program: KafkaProgram, settings: BrokerSettings, root: string): Promise<void> {
  const { index, clientPorts } = settings;
  const template = program.formattedFolder(`data-${index + 1}-of-${clientPorts.length}`, (dataPath) =>
    propertiesOf({ ...settings, access: {} }, dataPath),
  );
  const dataPath = dataFolder(root, index);
  await cp(join(template, 'data'), dataPath, { recursive: true });
  await writeFile(join(root, `${index + 1}.properties`), propertiesOf(settings, dataPath));
}

const dataFolder = (root: string, index: number): string => join(root, `data-${index + 1}`);

function propertiesOf(settings: BrokerSettings, dataPath: string): string {
  const { clientPorts, internalPorts, controllerPorts, advertisedPorts, index, access } = settings;
  const voters = controllerPorts.map((port, node) => `${node + 1}@127.0.0.1:${port}`);
  const replicas = Math.min(clientPorts.length, 3);
  const minInSync = Math.max(1, replicas - 1);
  const internalListener = `INTERNAL://127.0.0.1:${internalPorts[index]}`;
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': index + 1,
    'controller.quorum.voters': voters.join(),
    listeners: `CLIENTS://127.0.0.1:${clientPorts[index]},${internalListener},CONTROLLER://127.0.0.1:${controllerPorts[index]}`,
    'advertised.listeners': `CLIENTS://127.0.0.1:${advertisedPorts[index]},${internalListener}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    ...accessProperties(access),
    'log.dirs': dataPath,
    'default.replication.factor': replicas,
    'min.insync.replicas': minInSync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': minInSync,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': minInSync,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    // Short times, so that the cluster notices the loss of a broker soon.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
    'controller.quorum.election.timeout.ms': 1000,
    'controller.quorum.fetch.timeout.ms': 1500,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
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
      const { brokers: answeringBrokers } = await admin.describeCluster();
      if (answeringBrokers.length < brokers.length)
        throw new Error(`${answeringBrokers.length} of ${brokers.length} brokers answer.`);
      await admin.fetchOffsets({ groupId: 'readiness' });
      await admin.disconnect();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error('Kafka does not answer.', { cause: error });
      await delay(100);
    }
  }
}
