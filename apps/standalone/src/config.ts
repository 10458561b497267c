import { ConfigurationError, type LogLevel, logLevels } from '@user-activity/runner';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

// The description says what a value must be: it is part of the message when it is not.
const wholeNumber = (from: number, to: number, otherwise: number) =>
  Type.Integer({
    minimum: from,
    maximum: to,
    default: otherwise,
    description: `a whole number from ${from} to ${to}`,
  });

const Schema = Type.Object({
  HOST: Type.String({ default: '127.0.0.1', description: 'a host name or an IP address' }),
  PORT: wholeNumber(0, 65_535, 3000),
  DATA_DIR: Type.String({ default: './data', description: 'the path of a folder' }),
  API_KEYS: Type.String({
    default: '',
    pattern: '^(?:|[\\x21-\\x2b\\x2d-\\x7e]+(?: *, *[\\x21-\\x2b\\x2d-\\x7e]+)*)$',
    description: 'a comma-separated list of keys of printable ASCII characters without space',
  }),
  ALLOW_ANONYMOUS: Type.Union([Type.Literal('true'), Type.Literal('false')], {
    default: 'false',
    description: '"true" or "false"',
  }),
  PUBLISH_TIMEOUT_MS: wholeNumber(1, 600_000, 10_000),
  QUERY_TIMEOUT_MS: wholeNumber(1, 600_000, 10_000),
  MAX_BATCH_SIZE: wholeNumber(1, 100_000, 10_000),
  MAX_BODY_BYTES: wholeNumber(1, 256 * 1024 * 1024, 10 * 1024 * 1024),
  LOG_LEVEL: Type.Unsafe<LogLevel>(
    Type.Union(
      logLevels.map((level) => Type.Literal(level)),
      { default: 'info', description: `one of ${logLevels.join(', ')}` },
    ),
  ),
});

/** The configuration of the one-process service. */
export interface Config extends Omit<Static<typeof Schema>, 'API_KEYS' | 'ALLOW_ANONYMOUS'> {
  readonly API_KEYS: readonly string[];
}

// Of the same service in its other shape. To ignore them would put data where nobody looks for it.
const notHere = /^(?:KAFKA|MONGODB)_|^RETENTION_DAYS$/;
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

/**
 * Reads the configuration; an empty variable counts as unset. Throws ConfigurationError with every fault, each by the name
 * of its variable and without its value, which may be a secret.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const faults = Object.keys(set)
    .filter((name) => notHere.test(name))
    .toSorted()
    .map((name) => `${name} is set, but this version runs on its embedded log and store alone`);
  const raw: unknown = Value.Default(Schema, numbersIn(set));
  for (const { path } of Value.Errors(Schema, raw)) {
    const name = path.split('/')[1] ?? '';
    const fault = `${name} must be ${describe(name)}`;
    if (!faults.includes(fault)) faults.push(fault);
  }
  if (!Value.Check(Schema, raw)) throw new ConfigurationError(faults);
  const { API_KEYS, ALLOW_ANONYMOUS, ...rest } = raw;
  const keys = API_KEYS.split(',').flatMap((key) => (key.trim() === '' ? [] : [key.trim()]));
  if (keys.length === 0 && ALLOW_ANONYMOUS === 'false' && !loopback.test(rest.HOST))
    faults.push('API_KEYS must be set, or ALLOW_ANONYMOUS=true, as HOST is reachable from other machines');
  if (faults.length > 0) throw new ConfigurationError(faults);
  return { ...rest, API_KEYS: keys };
}

/** The known variables; digits as a number where one is due. `Value.Convert` would take "1e3" and "0x10" too. */
function numbersIn(set: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(Schema.properties).flatMap(([name, property]) => {
      const value = set[name]?.trim();
      if (value === undefined) return [];
      return [
        [
          name,
          'type' in property && property.type === 'integer' && /^\d{1,15}$/.test(value)
            ? Number(value)
            : value,
        ],
      ];
    }),
  );
}

function describe(name: string): string {
  const described: Readonly<Record<string, { readonly description?: string }>> = Schema.properties;
  return described[name]?.description ?? 'valid';
}
