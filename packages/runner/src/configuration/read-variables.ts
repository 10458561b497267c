import type { Static, TObject } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { ConfigurationError } from './configuration-error.ts';

/** The environment variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The raw text of the set variables, by name. */
export type Given = Readonly<Record<string, string>>;

/**
 * Reads the variables of a schema; an empty variable counts as unset. A property's description says what its value must be.
 * `judge` returns the faults between variables. Throws ConfigurationError with every fault. A fault names its variable, but never
 * the value, which may be a secret.
 */
export function readVariables<Schema extends TObject>(
  schema: Schema,
  environment: Environment,
  judge: (given: Given) => readonly string[],
): Static<Schema> {
  const given: Given = Object.fromEntries(
    Object.keys(schema.properties).flatMap((name) => {
      const text = environment[name]?.trim() ?? '';
      return text === '' ? [] : [[name, text]];
    }),
  );
  const values: unknown = Value.Default(
    schema,
    Object.fromEntries(Object.entries(given).map(([name, text]) => [name, typed(schema, name, text)])),
  );
  const faults = new Set<string>();
  for (const { path } of Value.Errors(schema, values)) {
    const name = path.split('/')[1] ?? '';
    faults.add(`${name} must be ${schema.properties[name]?.description ?? 'valid'}`);
  }
  for (const fault of judge(given)) faults.add(fault);
  if (!Value.Check(schema, values) || faults.size > 0) throw new ConfigurationError([...faults]);
  return values;
}

/** Converts digits to a number, if the schema has an integer. Not `Value.Convert`, which accepts "1e3" and "0x10" too. */
const typed = (schema: TObject, name: string, text: string): unknown =>
  schema.properties[name]?.['type'] === 'integer' && /^\d{1,15}$/.test(text) ? Number(text) : text;
