import { startService } from '@user-activity/engines';
import { runConfigured, tokens } from '@user-activity/runner';
import { compose } from './composition.ts';
import { readConfig } from './config.ts';

await runConfigured(readConfig, (config, logger, signal) =>
  startService(config, logger, signal, async ({ closers, scrapeMetrics, startConsumer, listen }) => {
    const get = await startConsumer(closers, (engines) => compose(config, logger, engines, scrapeMetrics));
    return { url: await listen(get), componentFailure: get(tokens.consumer).ended };
  }),
);
