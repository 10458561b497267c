import { setTimeout as delay } from 'node:timers/promises';
import { ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import { kafkaBrokers, mongodbUri } from '@user-activity/test-kit/shared';
import { expect, onTestFinished, test } from 'vitest';

let setUps = 0;

const started = (options: ConstructorParameters<typeof ServiceProcess>[0]): ServiceProcess => {
  const service = new ServiceProcess(options);
  onTestFinished(async () => {
    await service.end('SIGKILL');
  });
  return service;
};

/** Starts the real API, and returns functions that start the example and log failures. */
async function setUp() {
  setUps += 1;
  const name = `alerts-${process.pid}-${setUps}`;
  const folder = temporaryFolder('alerts');
  onTestFinished(() => folder.remove());
  const kafka = { KAFKA_BROKERS: kafkaBrokers().join(), KAFKA_TOPIC: name };
  const mongodb = { MONGODB_URI: mongodbUri(), MONGODB_DATABASE: name.replaceAll('-', '_') };
  // One partition, so that the example judges activities in the order in which they were logged.
  const api = started({ app: 'api', environment: { ...kafka, ...mongodb, KAFKA_PARTITIONS: '1' } });
  const url = await api.ready();
  const alerts = () =>
    started({
      main: 'docs/examples/alerts/src/main.ts',
      environment: { ...kafka, KAFKA_GROUP_ID: name, STATE_DIR: folder.path },
    });
  /** Logs a failed login of the user for each of these times, in seconds after noon. */
  const failIn = async (project: string, userId: string, ...seconds: readonly number[]): Promise<void> => {
    for (const after of seconds) {
      const createdAt = new Date(Date.UTC(2026, 0, 1, 12) + after * 1000).toISOString();
      const body = JSON.stringify({ userId, type: 'login failed', createdAt });
      const headers = { 'content-type': 'application/json', 'x-project': project };
      const response = await fetch(`${url}/api/logs`, { method: 'POST', headers, body });
      expect(response.status).toBe(202);
    }
  };
  const fail = (userId: string, ...seconds: readonly number[]) => failIn('default', userId, ...seconds);
  return { alerts, fail, failIn };
}

const usersIn = (service: ServiceProcess): readonly string[] =>
  [...service.output.matchAll(/^\{"alert".*\}$/gm)].map(
    ([line]) => (JSON.parse(line) as { userId: string }).userId,
  );

async function reported(service: ServiceProcess, user: string): Promise<void> {
  while (!usersIn(service).includes(user)) await delay(20);
}

test('five failed logins within a minute alert once, fewer or slower ones never, and a restart keeps the state', async () => {
  const { alerts, fail } = await setUp();
  await fail('four', 0, 1, 2, 3);
  await fail('slow', 0, 30, 60, 90, 120);
  await fail('five', 0, 10, 20, 30, 40, 45, 50);
  await fail('half', 0, 1, 2);
  await fail('marker-1', 0, 1, 2, 3, 4);
  const first = alerts();
  await reported(first, 'marker-1');
  expect(usersIn(first)).toEqual(['five', 'marker-1']);
  expect(await first.end('SIGTERM')).toBe(0);

  await fail('half', 3, 4);
  await fail('marker-2', 0, 1, 2, 3, 4);
  const second = alerts();
  await reported(second, 'marker-2');
  expect(usersIn(second)).toEqual(['half', 'marker-2']);
  expect(await second.end('SIGTERM')).toBe(0);
});

test('a program that is started after another was killed misses no burst', async () => {
  const { alerts, fail } = await setUp();
  await fail('five', 0, 1, 2);
  await fail('marker', 0, 1, 2, 3, 4);
  const first = alerts();
  await reported(first, 'marker');
  await first.end('SIGKILL');
  await fail('five', 3, 4);
  const second = alerts();
  await reported(second, 'five');
  expect(usersIn(second).filter((user) => user === 'five')).toHaveLength(1);
});

test('users of the same name in two projects are two users, and an alert names the project', async () => {
  const { alerts, fail, failIn } = await setUp();
  await fail('same', 0, 1, 2);
  await failIn('shop', 'same', 0, 1, 2);
  await failIn('shop', 'ann', 0, 1, 2, 3, 4);
  await fail('marker', 0, 1, 2, 3, 4);
  const running = alerts();
  await reported(running, 'marker');
  expect(usersIn(running)).toEqual(['ann', 'marker']);
  expect(running.output).toContain('"project":"shop","userId":"ann"');
  expect(running.output).toContain('"project":"default","userId":"marker"');
});
