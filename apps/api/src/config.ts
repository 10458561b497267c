import {
  accessFaults,
  apiVariables,
  engineFaults,
  engineVariables,
  type Environment,
  hostsOf,
  keysOf,
  neededEnginesOf,
  processVariables,
  readVariables,
  retentionOf,
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
  const { HOST, PORT, LOG_LEVEL } = values;
  const { PUBLISH_TIMEOUT_MS, QUERY_TIMEOUT_MS, MAX_BATCH_SIZE, MAX_BODY_BYTES } = values;
  const { MAX_METADATA_BYTES, MAX_BYTES_IN_FLIGHT, MAX_CONNECTIONS } = values;
  return {
    HOST,
    PORT,
    LOG_LEVEL,
    PUBLISH_TIMEOUT_MS,
    QUERY_TIMEOUT_MS,
    MAX_BATCH_SIZE,
    MAX_BODY_BYTES,
    MAX_METADATA_BYTES,
    MAX_BYTES_IN_FLIGHT,
    MAX_CONNECTIONS,
    ALLOWED_HOSTS: hostsOf(values.ALLOWED_HOSTS),
    WEBHOOK_ORIGINS: hostsOf(values.WEBHOOK_ORIGINS),
    API_KEYS: keysOf(values),
    deadLetterRetention: retentionOf(values),
    engines: neededEnginesOf(values),
  };
}
