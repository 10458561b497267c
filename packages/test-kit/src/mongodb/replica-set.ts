import { setTimeout as delay } from 'node:timers/promises';
import { type MongoClient, MongoServerError } from 'mongodb';
import { type FaultyProxy, faultyProxy } from '../network/faulty-proxy.ts';
import { freePorts } from '../network/free-ports.ts';
import type { GuardedProcess } from '../process/guarded-process.ts';
import { MemberFolders } from './member-folders.ts';
import { launchMongod, onServer, replicaSetName } from './mongod.ts';

/** A replica set on the loopback interface. Members and clients reach each member through its proxy only. */
export interface ReplicaSet {
  readonly uri: string;
  /** One proxy in front of each member. Methods name a member by its index in this list. */
  readonly proxies: readonly FaultyProxy[];
  signal(member: number, signal: NodeJS.Signals): void;
  /** Kills a member and starts it again. Resolves when the member is the primary or a secondary. */
  restart(member: number): Promise<void>;
  /** Stops a member from applying writes, so that the member lags. It still votes. Resolves with a function that ends the lag. */
  hold(member: number): Promise<() => Promise<void>>;
  /** Copies the data of a secondary, which lags meanwhile. Replaces the backup that was made before. */
  backUp(): Promise<void>;
  /**
   * Kills all members, gives each of them the data of the last backup, and starts them after `downMs`. Resolves once there is a primary.
   * Rejects if there is no backup.
   */
  restore(downMs: number): Promise<void>;
  /** Resolves with the index of the primary once there is one. */
  primary(): Promise<number>;
  /** Makes the primary step down for 10 s. */
  stepDown(): Promise<void>;
  /** Calls `work` with a connection to the primary that bypasses its proxy. Closes the connection afterwards. */
  read<Value>(work: (client: MongoClient) => Promise<Value>): Promise<Value>;
  stop(): Promise<void>;
}

/** Starts a replica set of `count` members, and waits for its primary. */
export async function startReplicaSet(count: number): Promise<ReplicaSet> {
  const ports = await freePorts(count);
  const proxies = await Promise.all(ports.map((port) => faultyProxy(port)));
  const folders = new MemberFolders();
  const members: GuardedProcess[] = [];
  const launch = (member: number): void => {
    members[member] = launchMongod(folders.of(member), portOf(ports, member), ['--replSet', replicaSetName]);
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...members.map((member) => member.kill()), ...proxies.map((proxy) => proxy.close())]);
    folders.remove();
  };
  const hosts = proxies.map(({ port }) => `127.0.0.1:${port}`);
  try {
    for (const member of ports.keys()) launch(member);
    const configuration = {
      _id: replicaSetName,
      // Tests name a member in `readPreferenceTags`.
      members: hosts.map((host, _id) => ({ _id, host, tags: { member: String(_id) } })),
      // Short times, so that the set notices the loss of its primary soon.
      settings: { electionTimeoutMillis: 3000, heartbeatIntervalMillis: 500 },
    };
    // A set can only be initiated once all members answer.
    await Promise.all(ports.map((port) => onServer(port, hello)));
    await onServer(portOf(ports, 0), (client) =>
      client.db('admin').command({ replSetInitiate: configuration }),
    );
    await primaryOf(ports);
  } catch (error) {
    await stop();
    throw error;
  }
  const primary = (): Promise<number> => primaryOf(ports);
  const start = async (member: number): Promise<void> => {
    launch(member);
    await members[member]?.until(onServer(portOf(ports, member), waitUntilInSet));
  };
  const hold = async (member: number): Promise<() => Promise<void>> => {
    const port = portOf(ports, member);
    await onServer(port, lock);
    return () =>
      onServer(port, async (client) => {
        await client.db('admin').command({ fsyncUnlock: 1 });
      });
  };
  return {
    uri: `mongodb://${hosts.join()}/?replicaSet=${replicaSetName}`,
    proxies,
    signal: (member, signal) => members[member]?.signal(signal),
    async restart(member) {
      await members[member]?.kill();
      await start(member);
    },
    hold,
    async backUp() {
      const secondary = (await primary()) === 0 ? 1 : 0;
      const release = await hold(secondary);
      try {
        await folders.backUp(secondary);
      } finally {
        await release();
      }
    },
    async restore(downMs) {
      await Promise.all(members.map((member) => member.kill()));
      for (const member of ports.keys()) await folders.restore(member);
      await delay(downMs);
      await Promise.all([...ports.keys()].map(start));
      await primary();
    },
    primary,
    async stepDown() {
      const port = portOf(ports, await primary());
      await onServer(port, (client) =>
        client.db('admin').command({ replSetStepDown: 10, secondaryCatchUpPeriodSecs: 2 }),
      );
    },
    read: async (work) => onServer(portOf(ports, await primary()), work),
    stop,
  };
}

function portOf(ports: readonly number[], member: number): number {
  const port = ports[member];
  if (port === undefined) throw new Error(`The replica set has no member ${member}.`);
  return port;
}

/** Resolves with the index of the primary once there is one. Asks all members repeatedly. */
async function primaryOf(ports: readonly number[]): Promise<number> {
  for (;;) {
    const answers = await Promise.allSettled(
      ports.map((port) => Promise.race([onServer(port, isPrimary), delay(2000, false, { ref: false })])),
    );
    const primaryIndex = answers.findIndex((answer) => answer.status === 'fulfilled' && answer.value);
    if (primaryIndex >= 0) return primaryIndex;
    await delay(100);
  }
}

const hello = (client: MongoClient) => client.db('admin').command({ hello: 1 });

const isPrimary = async (client: MongoClient): Promise<boolean> =>
  (await hello(client))['isWritablePrimary'] === true;

/** Stops the server from applying writes. Retries for 30 s, because a member of a new set can't be locked before its first checkpoint. */
async function lock(client: MongoClient): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      await client.db('admin').command({ fsync: 1, lock: true });
      return;
    } catch (error) {
      const isTooEarly = error instanceof MongoServerError && /stable timestamp/.test(error.message);
      if (!isTooEarly || performance.now() > deadline) throw error;
      await delay(100);
    }
  }
}

/** Resolves once the server is a primary or a secondary. */
async function waitUntilInSet(client: MongoClient): Promise<void> {
  for (;;) {
    const { isWritablePrimary, secondary } = await hello(client);
    if (isWritablePrimary === true || secondary === true) return;
    await delay(50);
  }
}
