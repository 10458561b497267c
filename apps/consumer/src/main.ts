import { startService } from '@user-activity/engines';
import { runConfigured, tokens } from '@user-activity/runner';
import { compose } from './composition.ts';
import { readConfig } from './config.ts';

await runConfigured(readConfig, (config, logger, signal) =>
  startService(config, logger, signal, async ({ closers, telemetry, startConsumer, listen }) => {
    const get = await startConsumer(closers, (engines) => compose(config, logger, engines, telemetry));
    return { url: await listen(get), componentFailure: get(tokens.consumer).ended };
  }),
);
