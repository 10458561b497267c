import { type OpenEngines, startService, tryLine } from '@user-activity/engines';
import { runConfigured, tokens, versionOf } from '@user-activity/runner';
import { composeServing, composeStoring } from './composition.ts';
import { readConfig, withRootKey } from './config.ts';

const version = versionOf(new URL('../package.json', import.meta.url));

await runConfigured(readConfig, (given, logger, signal) =>
  startService(given, logger, signal, async ({ closers, scrapeMetrics, startConsumer, startApi, listen }) => {
    const config = withRootKey(given, logger);
    const info = { version, scrapeMetrics };
    const [storing, serving] = closers.split();
    const consumer = await startConsumer(storing, (engines) => composeStoring(logger, engines));
    const wire = (engines: OpenEngines) => composeServing(config, logger, engines, info, consumer);
    const api = await startApi(serving, wire, config.QUERY_TIMEOUT_MS);
    const url = await listen(api);
    return { url, docs: '/docs', hint: tryLine(url, config), failed: consumer(tokens.consumer).ended };
  }),
);
