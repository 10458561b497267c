import { runConfigured } from '@user-activity/runner';
import { start } from './composition.ts';
import { readConfig } from './config.ts';

await runConfigured(readConfig, start);
