import { isIP } from 'node:net';
import type { Static, TObject } from '@sinclair/typebox';
import { isLoopback, RetentionDays } from '@user-activity/domain';
import { ConfigurationError } from './configuration-error.ts';
import { readKeys } from './key-files.ts';
import { splitList } from './read-variables.ts';
import type { apiVariables, consumerVariables, processVariables } from './variables.ts';

export type ProcessSettings = ReturnType<typeof processSettings>;

/** Returns the settings that all processes have. */
export const processSettings = (values: Static<TObject<ReturnType<typeof processVariables>>>) => {
  const { HOST, PORT, MAX_CONNECTIONS, LOG_LEVEL, ANONYMISATION_KEY } = values;
  const ALLOWED_HOSTS = splitList(values.ALLOWED_HOSTS);
  return { HOST, PORT, MAX_CONNECTIONS, LOG_LEVEL, ALLOWED_HOSTS, ANONYMISATION_KEY };
};

/** Returns the settings of the consumer. */
export const consumerSettings = ({ ACCEPT_GAP }: Static<TObject<typeof consumerVariables>>) => ({
  ACCEPT_GAP: ACCEPT_GAP === 'true',
});

export type ConsumerSettings = ReturnType<typeof consumerSettings>;

export type ApiSettings = ReturnType<typeof apiSettings>;

/** Returns the settings of the API. Throws ConfigurationError if the file of its keys can't be used. */
export const apiSettings = (values: Static<TObject<typeof apiVariables>>) => {
  const { PUBLISH_TIMEOUT_MS, QUERY_TIMEOUT_MS, MAX_BATCH_SIZE, MAX_BODY_BYTES } = values;
  const { MAX_METADATA_BYTES, MAX_BYTES_IN_FLIGHT, KEY_GRACE_MS } = values;
  return {
    PUBLISH_TIMEOUT_MS,
    QUERY_TIMEOUT_MS,
    MAX_BATCH_SIZE,
    MAX_BODY_BYTES,
    MAX_METADATA_BYTES,
    MAX_BYTES_IN_FLIGHT,
    KEY_GRACE_MS,
    LOG_READS: values.LOG_READS === 'true',
    WEBHOOK_ORIGINS: splitList(values.WEBHOOK_ORIGINS),
    TRUSTED_PROXIES: splitList(values.TRUSTED_PROXIES),
    API_KEYS: keysOf(values),
    retentionDays:
      values.RETENTION_DAYS === undefined ? undefined : RetentionDays.trusted(values.RETENTION_DAYS),
    deadLetterRetention: {
      edgeDays: values.DEAD_LETTER_RETENTION_DAYS,
      logDays: values.LOG_DEAD_LETTER_RETENTION_DAYS,
    },
  };
};

/** The variables that decide who may call the API. */
type AccessVariables = Readonly<
  Partial<Record<'API_KEYS' | 'API_KEYS_FILE' | 'ROOT_KEY_FILE' | 'ALLOW_ANONYMOUS' | 'HOST', string>>
>;

/** Returns the keys of the API, from the environment and from a file. Throws ConfigurationError if the file can't be used. */
export const keysOf = ({ API_KEYS = '', API_KEYS_FILE }: AccessVariables): readonly string[] => [
  ...splitList(API_KEYS),
  ...(API_KEYS_FILE === undefined ? [] : readKeys(API_KEYS_FILE)),
];

/** Returns whether only this machine can reach the host. A name such as `a.localhost` may resolve to another machine. */
const isLocalHost = (host: string): boolean =>
  host.toLowerCase() === 'localhost' || (isIP(host) !== 0 && isLoopback(host));

/** Returns the faults of the API keys. One is that other machines can call the API without a key, unless ALLOW_ANONYMOUS is set. */
export function accessFaults(variables: AccessVariables): readonly string[] {
  const { ALLOW_ANONYMOUS, HOST = 'localhost' } = variables;
  try {
    if (keysOf(variables).length > 0 || ALLOW_ANONYMOUS === 'true' || isLocalHost(HOST)) return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return ['API_KEYS must be set, or ALLOW_ANONYMOUS=true: HOST is reachable from other machines'];
}

/**
 * Returns the path of the root key file. Returns undefined if other variables give keys or allow calls without a key. Also returns
 * undefined if other processes may share the data of this process, because these processes may not have the file.
 */
export const rootKeyFileOf = (
  { ROOT_KEY_FILE, API_KEYS = '', API_KEYS_FILE = '', ALLOW_ANONYMOUS }: AccessVariables,
  isDataShared: boolean,
): string | undefined =>
  API_KEYS + API_KEYS_FILE === '' && ALLOW_ANONYMOUS !== 'true' && !isDataShared ? ROOT_KEY_FILE : undefined;
