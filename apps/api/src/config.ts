import {
  accessFaults,
  apiVariables,
  engineFaults,
  engineVariables,
  type Environment,
  keysOf,
  neededEnginesOf,
  processVariables,
  readVariables,
} from '@user-activity/runner';
import { Type } from '@sinclair/typebox';

const Schema = Type.Object({ ...processVariables(3000), ...apiVariables, ...engineVariables });

/** The configuration of the API on its own. */
export type Config = ReturnType<typeof readConfig>;

/** Reads the configuration. Throws ConfigurationError with every fault. */
export function readConfig(environment: Environment = process.env) {
  const values = readVariables(Schema, environment, (given) => [
    ...engineFaults(given, true),
    ...accessFaults(given),
  ]);
  return { ...values, API_KEYS: keysOf(values.API_KEYS), engines: neededEnginesOf(values) };
}
