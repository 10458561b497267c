import { siteFolder } from '@user-activity/dashboard';
import { type OpenEngines, startService, curlExample } from '@user-activity/engines';
import { runConfigured, versionOf } from '@user-activity/runner';
import { compose } from './composition.ts';
import { readConfig } from './config.ts';

const version = versionOf(new URL('../package.json', import.meta.url));

await runConfigured(readConfig, (config, logger, signal) =>
  startService(config, logger, signal, async ({ closers, telemetry, startApi, listen }) => {
    const info = { version, ...telemetry, siteFolder };
    const composeApi = (engines: OpenEngines) => compose(config, logger, engines, info);
    const get = await startApi(closers, composeApi, config.QUERY_TIMEOUT_MS);
    const url = await listen(get);
    return { url, docs: '/docs', hint: curlExample(url, config) };
  }),
);
