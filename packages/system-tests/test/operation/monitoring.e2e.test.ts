import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianProgram, freePorts, GuardedProcess, temporaryFolder } from '@user-activity/test-kit';
import { expect, onTestFinished, test } from 'vitest';
import { Deployment, until } from '../deployment/deployment.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const rootKey = 'a-root-key';

/** Returns the documented configuration with these targets. Prometheus scrapes and judges each second. */
function configuration(folder: string, targets: readonly string[]): string {
  const page = readFileSync(join(root, 'docs', 'operate', 'monitoring.md'), 'utf8');
  const [, documented = ''] = /^```yaml\n(scrape_configs:.*?)^```/ms.exec(page) ?? [];
  const own = documented
    .replace(/credentials_file: \S+/, `credentials_file: ${join(folder, 'key')}`)
    .replace(/targets: \[[^\]]*\]/, `targets: ${JSON.stringify(targets)}`);
  expect(own).not.toContain('api-1');
  return `global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }\n${own}`;
}

test('Prometheus scrapes the API and a consumer as documented, and an alert fires if one of them is down', async () => {
  const { path: folder, remove } = temporaryFolder('prometheus');
  const deployment = new Deployment();
  const [api, consumer] = [deployment.start('api', { API_KEYS: rootKey }), deployment.start('consumer')];
  const urls = await Promise.all([api.ready(), consumer.ready()]);
  const made = await fetch(`${urls[0]}/api/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${rootKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Prometheus', project: '*', scopes: ['metrics'] }),
  });
  writeFileSync(join(folder, 'key'), ((await made.json()) as { secret: string }).secret);
  copyFileSync(join(root, 'deploy', 'prometheus', 'alerts.yaml'), join(folder, 'alerts.yaml'));
  const hosts = urls.map((url) => new URL(url).host);
  writeFileSync(join(folder, 'prometheus.yaml'), configuration(folder, hosts));
  const [port] = await freePorts(1);
  const prometheus = new GuardedProcess(
    'Prometheus',
    debianProgram({ program: 'prometheus', package: 'prometheus' }),
    ['--config.file=prometheus.yaml', '--storage.tsdb.path=data', `--web.listen-address=127.0.0.1:${port}`],
    folder,
  );
  onTestFinished(async () => {
    await prometheus.kill();
    remove();
  });
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`).catch(() => undefined);
    // Prometheus is still starting.
    if (response?.status !== 200) return undefined;
    return ((await response.json()) as { data: unknown }).data;
  };
  const instancesOf = async (query: string): Promise<readonly string[]> => {
    const data = (await ask(`query?query=${encodeURIComponent(query)}`)) as
      | { result: { metric: { instance: string } }[] }
      | undefined;
    return (data?.result ?? []).map(({ metric }) => metric.instance);
  };
  await prometheus.until(until(async () => (await instancesOf('up == 1')).length === 2));
  // The alerts tell an API and a consumer apart by these two metrics.
  expect(await instancesOf('user_activity_publish_buffer_events_limit{job="user-activity"}')).toEqual([
    hosts[0],
  ]);
  await until(async () => (await instancesOf('user_activity_watchdog_state == 1')).join() === hosts[1]);

  const waitingAlerts = async (): Promise<string> => {
    const { alerts } = (await ask('alerts')) as { alerts: { labels: { alertname: string } }[] };
    const names = alerts.map(({ labels }) => labels.alertname);
    // On a busy machine, processes may also be late.
    return names
      .filter((name) => /No|Down$/.test(name))
      .toSorted()
      .join();
  };
  await until(async () => (await waitingAlerts()) === '');
  await consumer.end('SIGKILL');
  await until(async () => (await waitingAlerts()) === 'UserActivityNoConsumer,UserActivityProcessDown');
});
