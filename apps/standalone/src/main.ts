import { readFileSync } from 'node:fs';
import { runConfigured } from '@user-activity/runner';
import { readConfig } from './config.ts';
import { start } from './start.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

await runConfigured(readConfig, (config, logger, signal) => start(config, logger, version, signal));
