import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngines, serverToken } from '@user-activity/engines';
import { Closers, EngineWait, makeLogger, tokens } from '@user-activity/runner';
import { expect, onTestFinished, test } from 'vitest';
import { composeApi, composeConsumer } from '../src/composition.ts';
import { readConfig } from '../src/config.ts';

test('the consumer or the API provides every token, every value can be made, and both share the data file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'user-activity-wiring-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const config = readConfig({ DATA_DIR: folder });
  const logger = makeLogger('fatal');
  const wait = new EngineWait(config.engines, logger, new AbortController().signal);
  const closers = new Closers();
  const [storing, serving] = closers.split();
  const open = (side: Closers) =>
    openEngines(config.engines, wait, { closers: side, logger, queryTimeoutMs: 10_000 });
  const consumer = storing.add(composeConsumer(config, logger, await open(storing)), (wired) =>
    wired.close(),
  );
  const info = { version: '1.2.3', scrapeMetrics: async () => '', readHistory: async () => [] };
  const engines = await open(serving);
  const api = serving.add(composeApi(config, logger, engines, info, consumer.get), (wired) => wired.close());
  for (const wiring of [consumer, api]) wiring.resolveAll();
  const { consumer: member, watchdog, storingUseCases, registeredTopic, settledOffsets, ...ofApi } = tokens;
  for (const token of [member, watchdog, storingUseCases, registeredTopic, settledOffsets])
    expect(consumer.get<unknown>(token)).toBeDefined();
  for (const token of Object.values(ofApi)) expect(api.get<unknown>(token)).toBeDefined();
  expect(await api.get(serverToken)).toBeDefined();
  await closers.close();
});
