import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { freePorts } from './free-ports.ts';
import { GuardedProcess } from './guarded-process.ts';
import { mongodBinary } from './mongod-binary.ts';

/** A mongod of the tests' own, on loopback. */
export interface Mongod {
  readonly port: number;
  readonly uri: string;
  signal(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** Starts one; as a replica set of one, which the service needs, unless it is to stand alone. */
export async function startMongod({
  replicaSet = true,
}: {
  readonly replicaSet?: boolean;
} = {}): Promise<Mongod> {
  const binary = mongodBinary();
  const [port = 0] = await freePorts(1);
  const home = await mkdtemp(join(tmpdir(), 'user-activity-mongod-'));
  const options = ['--dbpath', home, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'];
  const small = [
    '--wiredTigerCacheSizeGB',
    '0.25',
    '--setParameter',
    'diagnosticDataCollectionEnabled=false',
  ];
  const server = new GuardedProcess(
    'mongod',
    binary,
    [...options, ...small, ...(replicaSet ? ['--replSet', 'rs0'] : [])],
    home,
  );
  const stop = async (): Promise<void> => {
    await server.kill();
    await rm(home, { recursive: true, force: true });
  };
  try {
    await server.until(ready(port, replicaSet));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    uri: `mongodb://127.0.0.1:${port}/${replicaSet ? '?replicaSet=rs0' : ''}`,
    signal: (signal) => server.signal(signal),
    stop,
  };
}

async function ready(port: number, replicaSet: boolean): Promise<void> {
  // One client with much patience: it looks for the server by itself.
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 60_000,
    heartbeatFrequencyMS: 500,
    minHeartbeatFrequencyMS: 50,
  });
  const admin = client.db('admin');
  try {
    if (replicaSet) {
      const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
      await admin.command({ replSetInitiate: { _id: 'rs0', members } });
    }
    while ((await admin.command({ hello: 1 }))['isWritablePrimary'] !== true) await delay(50);
  } finally {
    await client.close();
  }
}
