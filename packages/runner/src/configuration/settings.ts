import { isIP } from 'node:net';
import type { Static, TObject } from '@sinclair/typebox';
import { ConfigurationError } from './configuration-error.ts';
import { readKeys } from './key-files.ts';
import type { DeadLetterRetention } from '@user-activity/application';
import { isLoopback } from '@user-activity/domain';
import type { Given } from './read-variables.ts';
import type { apiVariables, engineVariables } from './variables.ts';

/** The settings of Kafka and MongoDB, in the shapes of the adapters. */
export interface EngineSettings {
  readonly kafka: {
    readonly brokers: readonly string[];
    readonly ssl: boolean;
    readonly sasl?: {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: string;
    };
  };
  readonly topic: {
    readonly name: string;
    readonly partitions: number;
    readonly replicationFactor?: number;
    readonly retentionDays: number;
  };
  readonly group: string;
  readonly mongodb: { readonly uri: string; readonly database: string };
  /** How long a start waits for both. */
  readonly startTimeoutMs: number;
}

const listed = (text: string): string[] =>
  text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));

/** The variables that decide who may call the API, raw or parsed. */
type AccessVariables = Readonly<
  Partial<Record<'API_KEYS' | 'API_KEYS_FILE' | 'ROOT_KEY_FILE' | 'ALLOW_ANONYMOUS' | 'HOST', string>>
>;

/** Splits a variable that lists hosts. */
export const hostsOf = (list: string): readonly string[] => listed(list);

/** Returns the keys of the API, from the environment and from a file. Throws ConfigurationError if the file can't be used. */
export const keysOf = ({ API_KEYS = '', API_KEYS_FILE }: AccessVariables): readonly string[] => [
  ...listed(API_KEYS),
  ...(API_KEYS_FILE === undefined ? [] : readKeys(API_KEYS_FILE)),
];

/** Returns how long dead letters are kept. */
export const retentionOf = ({
  DEAD_LETTER_RETENTION_DAYS: edgeDays,
  LOG_DEAD_LETTER_RETENTION_DAYS: logDays,
}: Pick<
  Static<TObject<typeof apiVariables>>,
  'DEAD_LETTER_RETENTION_DAYS' | 'LOG_DEAD_LETTER_RETENTION_DAYS'
>): DeadLetterRetention => ({ edgeDays, logDays });

/** Returns whether other machines cannot reach the host. A name below `localhost` does not count: a resolver may know it otherwise. */
const listensLocally = (host: string): boolean =>
  host.toLowerCase() === 'localhost' || (isIP(host) !== 0 && isLoopback(host));

/** Returns the faults of the keys, or the fault that the API would be open to everyone by mistake. */
export function accessFaults(given: AccessVariables): readonly string[] {
  const { ALLOW_ANONYMOUS, HOST = 'localhost' } = given;
  try {
    if (keysOf(given).length > 0 || ALLOW_ANONYMOUS === 'true' || listensLocally(HOST)) return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return ['API_KEYS must be set, or ALLOW_ANONYMOUS=true: HOST is reachable from other machines'];
}

/**
 * Returns the file of the root key. Returns undefined if the API has other keys or is open to all, and with Kafka and MongoDB,
 * where other processes may exist that would not know the key.
 */
export const rootKeyFileOf = ({
  ROOT_KEY_FILE,
  API_KEYS = '',
  API_KEYS_FILE = '',
  ALLOW_ANONYMOUS,
  KAFKA_BROKERS = '',
  MONGODB_URI = '',
}: AccessVariables & Readonly<Partial<Record<'KAFKA_BROKERS' | 'MONGODB_URI', string>>>):
  | string
  | undefined =>
  API_KEYS + API_KEYS_FILE + KAFKA_BROKERS + MONGODB_URI === '' && ALLOW_ANONYMOUS !== 'true'
    ? ROOT_KEY_FILE
    : undefined;

/** Returns the engine settings, or undefined if no engine is configured. Call it only if `engineFaults` returned no faults. */
export function enginesOf(values: Static<TObject<typeof engineVariables>>): EngineSettings | undefined {
  const { KAFKA_BROKERS: brokers, MONGODB_URI: uri } = values;
  if (brokers === undefined || uri === undefined) return undefined;
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = values;
  const sasl =
    mechanism === undefined || username === undefined || password === undefined
      ? {}
      : { sasl: { mechanism, username, password } };
  const replicationFactor = values.KAFKA_REPLICATION_FACTOR;
  return {
    kafka: { brokers: listed(brokers), ssl: values.KAFKA_SSL === 'true', ...sasl },
    topic: {
      name: values.KAFKA_TOPIC,
      partitions: values.KAFKA_PARTITIONS,
      ...(replicationFactor === undefined ? {} : { replicationFactor }),
      retentionDays: values.KAFKA_RETENTION_DAYS,
    },
    group: values.KAFKA_GROUP_ID,
    mongodb: { uri, database: values.MONGODB_DATABASE },
    startTimeoutMs: values.START_TIMEOUT_MS,
  };
}

const pair = ['KAFKA_BROKERS', 'MONGODB_URI'];
const sasl = ['KAFKA_SASL_MECHANISM', 'KAFKA_USERNAME', 'KAFKA_PASSWORD'];

/** Returns the engine settings of an app that needs them, after `engineFaults` returned no faults. */
export function neededEnginesOf(values: Static<TObject<typeof engineVariables>>): EngineSettings {
  const engines = enginesOf(values);
  if (engines === undefined) throw new Error('neededEnginesOf was called with an unchecked configuration.');
  return engines;
}

/** Returns the faults of a missing engine, of a setting for a missing engine, and of incomplete credentials. */
export function engineFaults(given: Given, needed: boolean): readonly string[] {
  const missing = pair.filter((name) => given[name] === undefined);
  const about = Object.keys(given).filter((name) => /^(?:KAFKA|MONGODB)_/.test(name));
  if (missing.length > 0 && (needed || about.length > 0)) {
    const why = about.length > 0 ? ` together with ${about.join(' and ')}` : '';
    return missing.map((name) => `${name} must be set${why}`);
  }
  const credentials = sasl.filter((name) => given[name] !== undefined);
  if (credentials.length === 0) return [];
  return sasl
    .filter((name) => given[name] === undefined)
    .map((name) => `${name} must be set together with ${credentials.join(' and ')}`);
}
