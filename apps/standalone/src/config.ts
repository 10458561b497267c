import { EngineChoice, everyEngine } from '@user-activity/engines';
import {
  accessFaults,
  apiSettings,
  apiVariables,
  consumerSettings,
  consumerVariables,
  type Environment,
  type Logger,
  openRootKey,
  processSettings,
  processVariables,
  readVariables,
  rootKeyFileOf,
} from '@user-activity/runner';
import { Type } from '@sinclair/typebox';

const engines = new EngineChoice(everyEngine);
const Schema = Type.Object({
  ...processVariables(3000),
  ...apiVariables,
  ...consumerVariables,
  ROOT_KEY_FILE: Type.Optional(Type.String()),
  ...engines.variables,
});

/** The configuration of a process that runs both an API and a consumer. */
export type Config = ReturnType<typeof readConfig>;

/** Reads the configuration. Throws a ConfigurationError that lists every fault. */
export function readConfig(environment: Environment = process.env) {
  const values = readVariables(Schema, environment, (texts) => [
    ...engines.faults(texts),
    ...(rootKeyFileOf(texts, engines.isShared(texts)) === undefined ? accessFaults(texts) : []),
  ]);
  return {
    ...processSettings(values),
    ...apiSettings(values),
    ...consumerSettings(values),
    ROOT_KEY_FILE: rootKeyFileOf(values, engines.isShared(values)),
    engines: engines.settings(values),
  };
}

/** Adds the key in ROOT_KEY_FILE to the configuration, if the API uses that file. Creates the file with a new key if it does not exist. */
export function withRootKey(config: Config, logger: Logger): Config {
  const { ROOT_KEY_FILE: file } = config;
  if (file === undefined) return config;
  const { key, isNew } = openRootKey(file);
  logger.info(`${isNew ? 'made a root key' : 'using the root key'}: callers need the key in ${file}`);
  return { ...config, API_KEYS: [key] };
}
