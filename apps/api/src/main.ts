import { readFileSync } from 'node:fs';
import { PrometheusMetrics } from '@user-activity/adapter-prometheus';
import { EngineWait, measureProcess, opening, runConfigured } from '@user-activity/runner';
import { readConfig } from './config.ts';
import { openApi } from './open-api.ts';
import { serveWhileWaiting, tryLine } from './serve-api.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

await runConfigured(readConfig, (config, logger, signal) =>
  opening(async (opened) => {
    const scrapeMetrics = measureProcess(opened, PrometheusMetrics.start());
    const wait = new EngineWait(config.engines.startTimeoutMs, logger, signal);
    const early = await serveWhileWaiting(opened, config, logger, wait);
    const server = await openApi(opened, config, logger, { version, scrapeMetrics }, wait);
    const url = await early.handOver(server);
    return { url, docs: '/docs', hint: tryLine(url, config), stop: () => opened.close() };
  }),
);
