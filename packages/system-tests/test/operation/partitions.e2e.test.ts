import { plainClient } from '@user-activity/test-kit';
import { kafkaBrokers } from '@user-activity/test-kit/shared';
import { expect, onTestFinished, test } from 'vitest';
import { Deployment, until } from '../deployment/deployment.ts';

/** Raises the number of partitions of a topic. */
async function widen(topic: string, count: number): Promise<void> {
  const admin = plainClient(kafkaBrokers()).admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  await admin.createPartitions({ topicPartitions: [{ topic, count }] });
}

test('after a topic got more partitions, its processes are not ready, and refuse the topic at the next start', async () => {
  const deployment = new Deployment();
  const services = [deployment.start('api'), deployment.start('consumer')];
  const urls = await Promise.all(services.map((service) => service.ready()));
  await widen(deployment.topic, 8);
  for (const url of urls) await until(async () => (await fetch(`${url}/health/ready`)).status === 503);
  for (const service of services) {
    expect(service.output).toContain('now has 8 partitions instead of 6');
    expect(await service.end('SIGTERM')).toBe(0);
  }
  for (const app of ['api', 'consumer', 'standalone'] as const) {
    const service = deployment.start(app);
    expect(await service.exited).toBe(1);
    expect(service.output).toContain(`The topic ${deployment.topic} has 8 partitions and began with 6.`);
    expect(service.output).not.toContain('ready at');
  }
});
