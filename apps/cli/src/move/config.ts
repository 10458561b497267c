import { EngineChoice, sharedEngines } from '@user-activity/engines';
import { type Environment, processVariables, readVariables } from '@user-activity/runner';
import { Type } from '@sinclair/typebox';

const engines = new EngineChoice(sharedEngines);
const { ANONYMISATION_KEY } = processVariables(0);
const Schema = Type.Object({ ANONYMISATION_KEY, ...engines.variables });

/** Reads the settings of the target from the variables that a service also reads. Throws a ConfigurationError that lists every fault. */
export function readTarget(environment: Environment = process.env) {
  const values = readVariables(Schema, environment, (texts) => engines.faults(texts));
  return { engines: engines.settings(values), ANONYMISATION_KEY: values.ANONYMISATION_KEY };
}
