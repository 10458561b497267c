import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import {
  type Kafka,
  type Mongod,
  type ServiceProcess,
  startKafka,
  startMongod,
} from '@user-activity/test-kit';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { allStored, Deployment, Load, until } from '../deployment/deployment.ts';

/** Stops all services at once, and returns how each ended: `well` if it finished its work before the time-out. */
async function drain(...services: readonly ServiceProcess[]): Promise<string[]> {
  const codes = await Promise.all(services.map((service) => service.end('SIGTERM')));
  return services.map(({ output }, index) => {
    const isThrough = output.includes('"stopped"') && !output.includes('shutdown timed out');
    return codes[index] === 0 && isThrough ? 'well' : `with ${codes[index]}:\n${output}`;
  });
}

const well = (services: readonly ServiceProcess[]): string[] => services.map(() => 'well');

let kafka: Kafka;
let mongod: Mongod;
beforeAll(async () => {
  [kafka, mongod] = await Promise.all([startKafka(), startMongod()]);
  return () => Promise.all([kafka.stop(), mongod.stop()]);
});

/** A deployment on the servers of this file, which tests stop. */
const ownDeployment = (): Deployment => new Deployment({ brokers: kafka.brokers, uri: mongod.uri });

/** Stops a server until the returned function is called, at the latest at the end of the test. */
function freeze(signal: (name: NodeJS.Signals) => void): () => void {
  const wake = (): void => signal('SIGCONT');
  onTestFinished(wake);
  signal('SIGSTOP');
  return wake;
}
const freezeBroker = (): (() => void) => freeze((name) => kafka.signal(0, name));
const freezeMongod = (): (() => void) => freeze((name) => mongod.signal(name));

/** Waits until the service has accepted some more activities of the load. */
const busy = (load: Load, more = 300) => {
  const goal = load.accepted.length + more;
  return until(async () => load.accepted.length >= goal);
};

/** Starts the service, and expects that each activity that was answered 202 is stored once. */
async function nothingLost(deployment: Deployment, load: Load): Promise<void> {
  const [api, consumer] = [deployment.start('api'), deployment.start('consumer')];
  const [url] = await Promise.all([api.ready(), consumer.ready()]);
  await allStored(url, load);
}

test.each(['API and consumer apart', 'in one process'])(
  'a stop under load, %s: the processes finish their work, and no activity is lost',
  async (how) => {
    const deployment = new Deployment();
    const apps =
      how === 'API and consumer apart' ? (['api', 'consumer'] as const) : (['standalone'] as const);
    const services = apps.map((app) => deployment.start(app));
    const [url = ''] = await Promise.all(services.map((service) => service.ready()));
    const load = new Load(url);
    await busy(load);
    expect(await drain(...services)).toEqual(well(services));
    await load.stop();
    await nothingLost(deployment, load);
  },
);

test.each(['SIGSTOP', 'SIGKILL'] as const)(
  'a stop after the broker got %s: the processes end, and activities answered 202 are stored after it is back',
  async (signal) => {
    const deployment = ownDeployment();
    const services = (['api', 'consumer', 'standalone'] as const).map((app) => deployment.start(app));
    const [url = ''] = await Promise.all(services.map((service) => service.ready()));
    const load = new Load(url);
    await busy(load);
    const wake = signal === 'SIGSTOP' ? freezeBroker() : undefined;
    if (wake === undefined) kafka.signal(0, signal);
    expect(await drain(...services)).toEqual(well(services));
    await load.stop();
    if (wake === undefined) await kafka.restart(0);
    else wake();
    await nothingLost(deployment, load);
  },
);

test('if mongod hangs during a stop, the processes end, and activities answered 202 are stored after it is back', async () => {
  const deployment = ownDeployment();
  const services = (['api', 'consumer', 'standalone'] as const).map((app) => deployment.start(app));
  const [url = ''] = await Promise.all(services.map((service) => service.ready()));
  const load = new Load(url);
  await busy(load);
  const wake = freezeMongod();
  await busy(load);
  expect(await drain(...services)).toEqual(well(services));
  await load.stop();
  wake();
  await nothingLost(deployment, load);
});

test('if the broker and mongod hang during a stop, the processes end', async () => {
  const deployment = ownDeployment();
  const services = (['api', 'consumer', 'standalone'] as const).map((app) => deployment.start(app));
  const [url = ''] = await Promise.all(services.map((service) => service.ready()));
  const load = new Load(url);
  await busy(load);
  freezeMongod();
  freezeBroker();
  // A query that is never answered is in progress too.
  const query = fetch(`${url}/api/logs`).catch(() => undefined);
  expect(await drain(...services)).toEqual(well(services));
  await Promise.all([load.stop(), query]);
});

/** A server that accepts connections and never answers. */
async function silentServer() {
  const called = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    onTestFinished(() => void socket.destroy());
    called.resolve();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, called: called.promise };
}

test('if the broker and mongod hang during a start, a stop ends the processes', async () => {
  const services = await Promise.all(
    (['api', 'consumer', 'standalone'] as const).map(async (app) => {
      const { address, called } = await silentServer();
      const service = new Deployment({ brokers: [address], uri: `mongodb://${address}` }).start(app);
      await called;
      return service;
    }),
  );
  for (const service of services) {
    expect(await service.end('SIGTERM')).toBe(0);
    expect(service.output).not.toContain('ready at');
  }
});
