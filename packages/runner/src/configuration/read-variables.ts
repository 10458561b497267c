import type { Static, TObject } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { ConfigurationError } from './configuration-error.ts';

/** The environment variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The text of each set variable, by its name, before it is parsed. */
export type RawValues = Readonly<Record<string, string>>;

/**
 * Reads the variables of a schema. An empty variable counts as unset. `faultsOf` returns the faults of combinations of variables.
 * Throws ConfigurationError with all faults. A fault names the variable and the description in its schema. It never contains
 * the value, which may be a secret.
 */
export function readVariables<Schema extends TObject>(
  schema: Schema,
  environment: Environment,
  faultsOf: (texts: RawValues) => readonly string[],
): Static<Schema> {
  const texts: RawValues = Object.fromEntries(
    Object.keys(schema.properties).flatMap((name) => {
      const text = environment[name]?.trim() ?? '';
      return text === '' ? [] : [[name, text]];
    }),
  );
  const values: unknown = Value.Default(
    schema,
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, parseText(schema, name, text)])),
  );
  const faults = new Set<string>();
  for (const { path } of Value.Errors(schema, values)) {
    const name = path.split('/')[1] ?? '';
    faults.add(`${name} must be ${schema.properties[name]?.description ?? 'valid'}`);
  }
  for (const fault of faultsOf(texts)) faults.add(fault);
  if (!Value.Check(schema, values) || faults.size > 0) throw new ConfigurationError([...faults]);
  return values;
}

/** Converts digits to a number if the property is an integer. `Value.Convert` would accept "1e3" and "0x10" too. */
const parseText = (schema: TObject, name: string, text: string): unknown =>
  schema.properties[name]?.['type'] === 'integer' && /^\d{1,15}$/.test(text) ? Number(text) : text;

/** Splits a comma-separated list. Trims the items, and omits empty ones. */
export const splitList = (text: string): readonly string[] =>
  text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
