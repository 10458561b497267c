import { EngineChoice, sharedEngines } from '@user-activity/engines';
import {
  consumerSettings,
  consumerVariables,
  type Environment,
  processSettings,
  processVariables,
  readVariables,
} from '@user-activity/runner';
import { Type } from '@sinclair/typebox';

const engines = new EngineChoice(sharedEngines);
const Schema = Type.Object({ ...processVariables(3001), ...consumerVariables, ...engines.variables });

/** The configuration of a process that runs only a consumer. */
export type Config = ReturnType<typeof readConfig>;

/** Reads the configuration. Throws a ConfigurationError that lists every fault. */
export function readConfig(environment: Environment = process.env) {
  const values = readVariables(Schema, environment, (texts) => engines.faults(texts));
  return { ...processSettings(values), ...consumerSettings(values), engines: engines.settings(values) };
}
