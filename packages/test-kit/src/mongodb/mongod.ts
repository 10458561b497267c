import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Document, MongoClient } from 'mongodb';
import { freePorts } from '../network/free-ports.ts';
import type { TlsFiles } from '../network/tls-files.ts';
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
export const replicaSetName = 'rs0';

/** Options of a mongod. */
export interface MongodOptions {
  /** Whether it is a replica set of one member, which the service needs. Default: true. */
  readonly replicaSet?: boolean;
  /** If set, clients must use TLS and log in. The only user is `root`, and is in the returned `uri`. */
  readonly secured?: TlsFiles;
}

/** Starts a mongod. */
export async function startMongod({ replicaSet = true, secured }: MongodOptions = {}): Promise<Mongod> {
  const [port = 0] = await freePorts(1);
  const folder = temporaryFolder('mongod');
  const server = launchMongod(folder.path, port, [
    ...(replicaSet ? ['--replSet', replicaSetName] : []),
    ...(secured === undefined ? [] : securedOptions(secured, folder.path)),
  ]);
  const stop = async (): Promise<void> => {
    await server.kill();
    folder.remove();
  };
  const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
  try {
    const configuration = replicaSet ? { _id: replicaSetName, members } : undefined;
    await server.until(waitUntilWritable(port, configuration, secured));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    uri: uriOf(port, replicaSet, secured),
    signal: (signal) => server.signal(signal),
    stop,
  };
}

const root = { user: 'root', password: 'secret-of-root' };

function uriOf(port: number, replicaSet: boolean, secured: TlsFiles | undefined): string {
  const login = secured === undefined ? '' : `${root.user}:${root.password}@`;
  const options = new URLSearchParams({
    ...(replicaSet ? { replicaSet: replicaSetName } : {}),
    ...(secured === undefined ? {} : { tls: 'true', tlsCAFile: secured.certificate }),
  }).toString();
  return `mongodb://${login}127.0.0.1:${port}/${options === '' ? '' : `?${options}`}`;
}

/** Returns the options by which a member requires TLS and a login. */
function securedOptions({ certificate, keyAndCertificate }: TlsFiles, folder: string): readonly string[] {
  const keyFile = join(folder, 'key-of-the-set');
  writeFileSync(keyFile, randomBytes(48).toString('base64'), { mode: 0o600 });
  const tls = [
    '--tlsMode',
    'requireTLS',
    '--tlsCertificateKeyFile',
    keyAndCertificate,
    '--tlsCAFile',
    certificate,
  ];
  return ['--keyFile', keyFile, ...tls, '--tlsAllowConnectionsWithoutCertificates'];
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
const waitUntilWritable = (
  port: number,
  configuration: Document | undefined,
  secured: TlsFiles | undefined,
): Promise<void> =>
  onServer(
    port,
    async (client) => {
      const admin = client.db('admin');
      if (configuration !== undefined) await admin.command({ replSetInitiate: configuration });
      while ((await admin.command({ hello: 1 }))['isWritablePrimary'] !== true) await delay(50);
      // A server without users accepts this from its own machine.
      if (secured !== undefined)
        await admin.command({ createUser: root.user, pwd: root.password, roles: ['root'] });
    },
    secured,
  );

/** Connects to one server directly, whatever its role in a replica set. Waits up to a minute for it to start. */
export async function onServer<Value>(
  port: number,
  work: (client: MongoClient) => Promise<Value>,
  secured?: TlsFiles,
): Promise<Value> {
  // The driver retries until this long timeout, while the server starts.
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 60_000,
    heartbeatFrequencyMS: 500,
    minHeartbeatFrequencyMS: 50,
    ...(secured === undefined ? {} : { tls: true, tlsCAFile: secured.certificate }),
  });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
