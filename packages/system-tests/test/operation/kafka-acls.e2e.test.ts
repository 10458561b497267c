import { readFileSync } from 'node:fs';
import {
  type Kafka,
  makeTlsFiles,
  runKafkaTools,
  startKafka,
  temporaryFolder,
  type TlsFiles,
  writeTopic,
} from '@user-activity/test-kit';
import { beforeAll, expect, test } from 'vitest';
import { Deployment, post, until } from '../deployment/deployment.ts';

const topic = 'user-activity';
const passwords = { API_PASSWORD: 'secret-of-the-api', CONSUMER_PASSWORD: 'secret-of-the-consumer' };

/** The documented commands, and the variables that they use. */
const [variables, commands] = documentedCommands();

function documentedCommands(): [variables: string, commands: readonly string[]] {
  const page = readFileSync(new URL('../../../../docs/operate/kafka.md', import.meta.url), 'utf8');
  const [, block = ''] = /^```sh\n(admin=.*?)^```/ms.exec(page) ?? [];
  const lines = block.split('\n');
  return [
    lines.filter((line) => /^\w+=/.test(line)).join('\n'),
    lines.filter((line) => line.startsWith('kafka-')),
  ];
}

let tls: TlsFiles;
let kafka: Kafka;

beforeAll(async () => {
  const folder = temporaryFolder('tls');
  tls = makeTlsFiles(folder.path);
  kafka = await startKafka({ secured: tls });
  return async () => {
    await kafka.stop();
    folder.remove();
  };
});

/** Runs the only documented command that has all of these words. */
function run(...words: readonly string[]): void {
  const found = commands.filter((command) => words.every((word) => command.includes(word)));
  expect([words, found.length]).toEqual([words, 1]);
  runKafkaTools([variables, ...found].join('\n'), { BROKERS: kafka.directBrokers.join(), ...passwords });
}

test('the service runs with the documented ACLs over TLS and SCRAM, and names an ACL that is missing', async () => {
  expect(commands).toHaveLength(8);
  const deployment = new Deployment({ brokers: kafka.brokers });
  const environment = {
    KAFKA_TOPIC: topic,
    KAFKA_GROUP_ID: 'user-activity-store',
    KAFKA_SSL: 'true',
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    NODE_EXTRA_CA_CERTS: tls.certificate,
  };
  const start = (app: 'api' | 'consumer') =>
    deployment.start(app, {
      ...environment,
      KAFKA_USERNAME: `user-activity-${app}`,
      KAFKA_PASSWORD: passwords[app === 'api' ? 'API_PASSWORD' : 'CONSUMER_PASSWORD'],
    });
  const expectRefusal = async (app: 'api' | 'consumer', message: string): Promise<void> => {
    const refused = start(app);
    expect(await refused.exited).toBe(1);
    expect(refused.output).toContain(message);
  };
  const refusedTopic = (name: string): string => `Kafka does not allow the use of the topic ${name}:`;

  run('--entity-name user-activity-api');
  run('--entity-name user-activity-consumer');
  await expectRefusal('api', refusedTopic(topic));
  run('$api $consumer', 'Create');
  run('--add $api', 'Write');
  run('--add $api', '--group');
  const api = start('api');
  const url = await api.ready();

  await expectRefusal('consumer', refusedTopic(topic));
  run('--add $consumer', 'Read', `--topic ${topic}`);
  await expectRefusal('consumer', refusedTopic(`${topic}.dead-letters`));
  run('--add $consumer', 'Write');
  const consumer = start('consumer');
  await until(async () =>
    consumer.output.includes('Kafka refuses the request: Not authorized to access group'),
  );
  expect(consumer.output).toContain('"msg":"waiting for Kafka"');
  run('--add $consumer', '--group');
  // The service continues by itself.
  await consumer.ready();

  const history = await fetch(`${url}/api/health/history`);
  expect(await history.json()).toMatchObject({ data: [{ lag: 0 }] });

  // Everything that a process asks of Kafka: records, dead letters of both processes, replays, and erasures.
  expect((await post(url, { userId: 'ann', type: 'VIEW' }, { prefer: 'wait=60' })).status).toBe(201);
  await writeTopic(kafka.directBrokers, topic, [{ partition: 0, value: 'no activity' }]);
  const json = { 'content-type': 'application/json' };
  await fetch(`${url}/v1/track`, { method: 'POST', headers: json, body: '{"event":"without a user"}' });
  const codes = async (): Promise<readonly string[]> => {
    const response = await fetch(`${url}/api/dead-letters`);
    return ((await response.json()) as { data: { code: string }[] }).data.map(({ code }) => code).toSorted();
  };
  await until(async () => (await codes()).join() === 'invalid,unreadable');
  const replay = { method: 'POST', headers: json, body: '{"all":true}' };
  expect((await fetch(`${url}/api/dead-letters/replay`, replay)).status).toBe(202);
  const erasure = await fetch(`${url}/api/users/ann/logs`, { method: 'DELETE' });
  const { id } = (await erasure.json()) as { id: string };
  await until(async () => {
    const response = await fetch(`${url}/api/erasures/${id}`);
    return ((await response.json()) as { status: string }).status === 'done';
  });
  expect(api.output).not.toMatch(/[Nn]ot authorized/);
  for (const service of [api, consumer]) expect(await service.end('SIGTERM')).toBe(0);
});
