import {
  engineFaults,
  engineVariables,
  type Environment,
  hostsOf,
  neededEnginesOf,
  processVariables,
  readVariables,
} from '@user-activity/runner';
import { Type } from '@sinclair/typebox';

const Schema = Type.Object({ ...processVariables(3001), ...engineVariables });

/** The configuration of a consumer on its own. */
export type Config = ReturnType<typeof readConfig>;

/** Reads the configuration. Throws ConfigurationError with every fault. */
export function readConfig(environment: Environment = process.env) {
  const values = readVariables(Schema, environment, (given) => engineFaults(given, true));
  const { HOST, PORT, MAX_CONNECTIONS, LOG_LEVEL } = values;
  return {
    HOST,
    PORT,
    MAX_CONNECTIONS,
    ALLOWED_HOSTS: hostsOf(values.ALLOWED_HOSTS),
    LOG_LEVEL,
    engines: neededEnginesOf(values),
  };
}
