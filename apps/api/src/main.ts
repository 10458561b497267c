import { type OpenEngines, startService, tryLine } from '@user-activity/engines';
import { runConfigured, versionOf } from '@user-activity/runner';
import { compose } from './composition.ts';
import { readConfig } from './config.ts';

const version = versionOf(new URL('../package.json', import.meta.url));

await runConfigured(readConfig, (config, logger, signal) =>
  startService(config, logger, signal, async ({ closers, scrapeMetrics, startApi, listen }) => {
    const info = { version, scrapeMetrics };
    const wire = (engines: OpenEngines) => compose(config, logger, engines, info);
    const api = await startApi(closers, wire, config.QUERY_TIMEOUT_MS);
    const url = await listen(api);
    return { url, docs: '/docs', hint: tryLine(url, config) };
  }),
);
