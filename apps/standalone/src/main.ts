import { readFileSync } from 'node:fs';
import { exitOn, makeLogger, runApp } from '@user-activity/runner';
import { start } from './composition.ts';
import { type Config, readConfig } from './config.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

function configured(): Config {
  try {
    return readConfig();
  } catch (error) {
    return exitOn(error);
  }
}

const config = configured();
const logger = makeLogger(config.LOG_LEVEL);
await runApp(logger, () => start(config, logger, version));
