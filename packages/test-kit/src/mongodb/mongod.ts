import { setTimeout as delay } from 'node:timers/promises';
import { type Document, MongoClient } from 'mongodb';
import { freePorts } from '../network/free-ports.ts';
import { GuardedProcess } from '../process/guarded-process.ts';
import { mongodBinary } from './mongod-binary.ts';
import { temporaryFolder } from '../process/temporary-folder.ts';

/** A mongod of the tests' own, on loopback. */
export interface Mongod {
  readonly port: number;
  readonly uri: string;
  signal(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** The name of every replica set here. */
export const setName = 'rs0';

/** Starts one; as a replica set of one, which the service needs, unless it is to stand alone. */
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
    await server.until(ready(port, replicaSet ? { _id: setName, members } : undefined));
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

/** Starts the process, with its data in that folder. */
export function launchMongod(folder: string, port: number, more: readonly string[]): GuardedProcess {
  const options = ['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'];
  const small = [
    '--wiredTigerCacheSizeGB',
    '0.25',
    '--setParameter',
    'diagnosticDataCollectionEnabled=false',
  ];
  return new GuardedProcess('mongod', mongodBinary(), [...options, ...small, ...more], folder);
}

/** Resolves once it can be written to. A configuration makes a replica set of it first. */
const ready = (port: number, configuration: Document | undefined): Promise<void> =>
  onServer(port, async (client) => {
    const admin = client.db('admin');
    if (configuration !== undefined) await admin.command({ replSetInitiate: configuration });
    while ((await admin.command({ hello: 1 }))['isWritablePrimary'] !== true) await delay(50);
  });

/** Does something with one server, whatever it is to a replica set; waits for it for long, as it may be starting. */
export async function onServer<Value>(
  port: number,
  work: (client: MongoClient) => Promise<Value>,
): Promise<Value> {
  // One client with much patience: it looks for the server by itself.
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
