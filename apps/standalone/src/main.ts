import { siteFolder } from '@user-activity/dashboard';
import { type OpenEngines, startService, curlExample } from '@user-activity/engines';
import { runConfigured, tokens, versionOf } from '@user-activity/runner';
import { composeApi, composeConsumer } from './composition.ts';
import { readConfig, withRootKey } from './config.ts';

const version = versionOf(new URL('../package.json', import.meta.url));

await runConfigured(readConfig, (config, logger, signal) =>
  startService(config, logger, signal, async ({ closers, telemetry, startConsumer, startApi, listen }) => {
    const configWithKey = withRootKey(config, logger);
    const info = { version, ...telemetry, siteFolder };
    const [consumerClosers, apiClosers] = closers.split();
    const consumerGet = await startConsumer(consumerClosers, (engines) =>
      composeConsumer(config, logger, engines),
    );
    const compose = (engines: OpenEngines) => composeApi(configWithKey, logger, engines, info, consumerGet);
    const apiGet = await startApi(apiClosers, compose, config.QUERY_TIMEOUT_MS);
    const url = await listen(apiGet);
    const componentFailure = consumerGet(tokens.consumer).ended;
    return { url, docs: '/docs', hint: curlExample(url, configWithKey), componentFailure };
  }),
);
