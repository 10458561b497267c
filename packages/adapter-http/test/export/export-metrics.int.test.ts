import { MemoryMetrics } from '@user-activity/adapter-memory';
import { expect, onTestFinished, test } from 'vitest';
import { exportSlots } from '../../src/export/export-slots.ts';
import { until } from '../bytes-held.ts';
import { listen } from '../feed/stream-client.ts';
import { service } from '../service.ts';
import { ExportClient, pageSize, variedActivities, watchQueries } from './exporting.ts';

test('exports are counted by how they ended', async () => {
  const metrics = new MemoryMetrics();
  onTestFinished(() => metrics.stop());
  const it = await service();
  await it.repository.save(variedActivities(2 * pageSize));
  const url = `${await listen(it)}/api/logs/export`;
  const ends = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await metrics.read('user_activity.http.exports')).map(({ attributes, value }): [string, number] => [
        attributes['user_activity.end'] ?? '',
        value,
      ]),
    );
  expect(await ends()).toEqual({ complete: 0, client: 0, fault: 0 });
  await ExportClient.take(url);
  await ExportClient.take(`${url}?userId=nobody`);
  expect(await ends()).toEqual({ complete: 2, client: 0, fault: 0 });

  const gate = Promise.withResolvers<void>();
  const queries = watchQueries(it, (query) => (query === 2 ? gate.promise : undefined));
  const client = await ExportClient.connect(url);
  client.read();
  await until(() => queries() === 2);
  client.close();
  await until(() => exportSlots.taken === 0);
  gate.resolve();
  await until(async () => (await ends())['client'] === 1);

  it.store.reachable = false;
  expect((await ExportClient.take(url)).status).toBe(503);
  it.store.reachable = true;
  watchQueries(it, (query) => {
    it.store.reachable = query !== 2;
  });
  await ExportClient.take(url);
  await until(async () => (await ends())['fault'] === 1);
  // A refused request is not counted as an export.
  expect(await ends()).toEqual({ complete: 2, client: 1, fault: 1 });
});
