import { faultyProxy, freePorts } from '@user-activity/test-kit';
import { kafkaBrokers, mongodbUri } from '@user-activity/test-kit/shared';
import { test } from 'vitest';
import { Deployment, type OnFinished, until } from '../deployment/deployment.ts';

const apps = ['api', 'consumer', 'standalone'] as const;

/** A server behind a proxy that is cut until `endFault` is called. */
async function cutOff(host: string, port: number, onFinished: OnFinished) {
  const proxy = await faultyProxy(port, host);
  onFinished(() => proxy.close());
  return { place: `127.0.0.1:${proxy.port}`, endFault: proxy.cut() };
}

/** A deployment that cannot reach Kafka and MongoDB until their faults end. */
async function outOfReach(onFinished: OnFinished) {
  const [host = '', port] = kafkaBrokers()[0]?.split(':') ?? [];
  const mongodb = new URL(mongodbUri());
  const kafka = await cutOff(host, Number(port), onFinished);
  const mongo = await cutOff(mongodb.hostname, Number(mongodb.port), onFinished);
  const uri = `mongodb://${mongo.place}/?directConnection=true`;
  return { kafka, mongo, deployment: new Deployment({ brokers: [kafka.place], uri, onFinished }) };
}

/** Returns the status of an answer, or undefined if nothing listens. */
const statusOf = (url: string): Promise<number | undefined> =>
  fetch(url).then(
    ({ status }) => status,
    () => undefined,
  );

const checksOf = async (url: string): Promise<unknown> =>
  ((await (await fetch(`${url}/health/ready`)).json()) as { checks: unknown }).checks;

test.concurrent.for(apps)(
  '%s waits for Kafka and MongoDB, and reports which of them is missing',
  async (app, { expect, onTestFinished }) => {
    const { kafka, mongo, deployment } = await outOfReach(onTestFinished);
    const [port = 0] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    const service = deployment.start(app, { PORT: String(port) });
    await until(async () => (await statusOf(`${url}/health/live`)) === 200);
    expect(await statusOf(`${url}/health/ready`)).toBe(503);
    expect(await checksOf(url)).toEqual({ log: 'unavailable', store: 'unavailable' });
    for (const [path, init] of [
      ['/api/logs', {}],
      ['/metrics', {}],
      ['/health/live', { method: 'POST' }],
      ['/api/logs', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }],
      [
        '/api/logs/batch',
        { method: 'POST', body: '{}\n', headers: { 'content-type': 'application/x-ndjson' } },
      ],
      ['/v1/track', { method: 'POST', body: 'x'.repeat(2_000_000) }],
    ] as const) {
      const response = await fetch(url + path, init);
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await response.json()).toMatchObject({ status: 503, detail: expect.any(String) as string });
    }
    mongo.endFault();
    await until(async () => ((await checksOf(url)) as { store: string }).store === 'ok');
    expect(await checksOf(url)).toEqual({ log: 'unavailable', store: 'ok' });
    expect(service.output).not.toMatch(/ready|http:/);
    kafka.endFault();
    expect(await service.ready()).toBe(url);
    expect(await statusOf(`${url}/health/ready`)).toBe(200);
    expect(await service.end('SIGTERM')).toBe(0);
  },
);

test.concurrent.for(apps)(
  '%s exits with 0 if it is stopped while it waits',
  async (app, { expect, onTestFinished }) => {
    const { deployment } = await outOfReach(onTestFinished);
    const [port = 0] = await freePorts(1);
    const service = deployment.start(app, { PORT: String(port) });
    await until(async () => (await statusOf(`http://127.0.0.1:${port}/health/live`)) === 200);
    expect(await service.end('SIGTERM')).toBe(0);
    expect(service.output).toContain('"msg":"stopped"');
    expect(service.output).not.toContain('shutdown timed out');
  },
);

test.concurrent.for(apps)(
  '%s ends at once if the port is in use or MONGODB_URI is invalid',
  async (app, { expect, onTestFinished }) => {
    const holder = new Deployment({ onFinished: onTestFinished }).start('consumer');
    const { port } = new URL(await holder.ready());
    const password = 'kept-to-ourselves';
    for (const [environment, line] of [
      [{ PORT: port }, `port ${port} is in use; stop the other process or set PORT`],
      [{ MONGODB_URI: `mongodb://me:${password}@:1:2/` }, 'MONGODB_URI is invalid'],
      [{ MONGODB_URI: `mongodb://me:${password}@h/?w=all&tls=maybe` }, 'MONGODB_URI is invalid'],
    ] as const) {
      const service = new Deployment({ onFinished: onTestFinished }).start(app, environment);
      expect(await service.exited).toBe(1);
      const last = JSON.parse(service.output.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
      expect(Object.keys(last)).toEqual(['level', 'time', 'msg']);
      expect(last['msg']).toContain(line);
      expect(service.output).not.toContain(password);
    }
  },
);

// The services have time limits, so these tests do not run beside those above.
test.for(apps)(
  '%s exits with 1 and a line that names the unreachable server',
  async (app, { expect, onTestFinished }) => {
    const { mongo, deployment } = await outOfReach(onTestFinished);
    mongo.endFault();
    const nothing = new Deployment({
      brokers: ['127.0.0.1:1'],
      uri: 'mongodb://127.0.0.1:1/?replicaSet=rs0',
      onFinished: onTestFinished,
    });
    // The first needs time to reach MongoDB, also on a slow machine.
    for (const [each, missing, variables, limit] of [
      [deployment, /Kafka \([^)]+\)/, 'KAFKA_BROKERS', 8000],
      [nothing, /Kafka \([^)]+\) and MongoDB \([^)]+\)/, 'KAFKA_BROKERS and MONGODB_URI', 2500],
    ] as const) {
      const service = each.start(app, { START_TIMEOUT_MS: String(limit) });
      expect(await service.exited).toBe(1);
      const last = JSON.parse(service.output.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
      expect(Object.keys(last)).toEqual(['level', 'time', 'msg']);
      expect(last['level']).toBe(60);
      expect(last['msg']).toMatch(missing);
      expect(last['msg']).toMatch(new RegExp(`^not reached within ${limit} ms: `));
      expect(last['msg']).toContain(`correct ${variables}, or raise START_TIMEOUT_MS`);
      expect(service.output).not.toMatch(/ready|http:/);
    }
  },
);
