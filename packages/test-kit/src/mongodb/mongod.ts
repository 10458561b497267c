import { setTimeout as delay } from 'node:timers/promises';
import { type Document, MongoClient } from 'mongodb';
import { freePorts } from '../network/free-ports.ts';
import { GuardedProcess } from '../process/guarded-process.ts';
import { mongodBinary } from './mongod-binary.ts';
import { temporaryFolder } from '../process/temporary-folder.ts';

/** A mongod that a test started, on the loopback interface. */
export interface Mongod {
  readonly port: number;
  readonly uri: string;
  signal(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** The name of all replica sets that tests start. */
export const setName = 'rs0';

/** Starts a mongod. By default it is a replica set of one member, which the service needs. */
export async function startMongod({
  replicaSet = true,
}: {
  readonly replicaSet?: boolean;
} = {}): Promise<Mongod> {
  const [port = 0] = await freePorts(1);
  const folder = temporaryFolder('mongod');
  const server = launchMongod(folder.path, port, replicaSet ? ['--replSet', setName] : []);
  const stop = async (): Promise<void> => {
    await server.kill();
    folder.remove();
  };
  const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
  try {
    await server.until(waitUntilWritable(port, replicaSet ? { _id: setName, members } : undefined));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    uri: `mongodb://127.0.0.1:${port}/${replicaSet ? `?replicaSet=${setName}` : ''}`,
    signal: (signal) => server.signal(signal),
    stop,
  };
}

/** Starts a mongod process that keeps its data in the folder. */
export function launchMongod(folder: string, port: number, extraOptions: readonly string[]): GuardedProcess {
  const options = ['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'];
  const memoryOptions = [
    '--wiredTigerCacheSizeGB',
    '0.25',
    '--setParameter',
    'diagnosticDataCollectionEnabled=false',
  ];
  return new GuardedProcess(
    'mongod',
    mongodBinary(),
    [...options, ...memoryOptions, ...extraOptions],
    folder,
  );
}

/** Resolves when the server accepts writes. If a configuration is given, initiates the replica set first. */
const waitUntilWritable = (port: number, configuration: Document | undefined): Promise<void> =>
  onServer(port, async (client) => {
    const admin = client.db('admin');
    if (configuration !== undefined) await admin.command({ replSetInitiate: configuration });
    while ((await admin.command({ hello: 1 }))['isWritablePrimary'] !== true) await delay(50);
  });

/** Connects to one server directly, whatever its role in a replica set. Waits up to a minute for it to start. */
export async function onServer<Value>(
  port: number,
  work: (client: MongoClient) => Promise<Value>,
): Promise<Value> {
  // The driver retries until this long timeout, while the server starts.
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 60_000,
    heartbeatFrequencyMS: 500,
    minHeartbeatFrequencyMS: 50,
  });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
