import { isIP } from 'node:net';
import type { Static, TObject } from '@sinclair/typebox';
import { isLoopback, RetentionDays } from '@user-activity/domain';
import { ConfigurationError } from './configuration-error.ts';
import { readKeys } from './key-files.ts';
import { splitList } from './read-variables.ts';
import type { apiVariables, consumerVariables, processVariables } from './variables.ts';

export type ProcessSettings = ReturnType<typeof processSettings>;

/** Converts the variables of all processes to settings. */
export const processSettings = (values: Static<TObject<ReturnType<typeof processVariables>>>) => {
  const { HOST, PORT, MAX_CONNECTIONS, LOG_LEVEL, ANONYMISATION_KEY } = values;
  const ALLOWED_HOSTS = splitList(values.ALLOWED_HOSTS);
  return { HOST, PORT, MAX_CONNECTIONS, LOG_LEVEL, ALLOWED_HOSTS, ANONYMISATION_KEY };
};

/** Converts the variables of the consumer to settings. */
export const consumerSettings = ({ ACCEPT_GAP }: Static<TObject<typeof consumerVariables>>) => ({
  ACCEPT_GAP: ACCEPT_GAP === 'true',
});

export type ConsumerSettings = ReturnType<typeof consumerSettings>;

export type ApiSettings = ReturnType<typeof apiSettings>;

/** Converts the variables of the API to settings. Throws ConfigurationError if API_KEYS_FILE can't be used. */
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

/** Returns the API keys in API_KEYS and in API_KEYS_FILE. Throws ConfigurationError if the file can't be used. */
export const keysOf = ({ API_KEYS = '', API_KEYS_FILE }: AccessVariables): readonly string[] => [
  ...splitList(API_KEYS),
  ...(API_KEYS_FILE === undefined ? [] : readKeys(API_KEYS_FILE)),
];

/** Returns whether only this machine can reach the host: `localhost` or a loopback address. Other names may resolve to other machines. */
const isLocalHost = (host: string): boolean =>
  host.toLowerCase() === 'localhost' || (isIP(host) !== 0 && isLoopback(host));

/** Returns a fault if API_KEYS_FILE can't be used, or if other machines could call the API without a key and ALLOW_ANONYMOUS is not set. */
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
 * Returns the path of the root key file, or undefined if the service needs no root key: other variables set keys, or allow calls without a
 * key. Also returns undefined if other processes may share the data of this process, because they might not have the file.
 */
export const rootKeyFileOf = (
  { ROOT_KEY_FILE, API_KEYS = '', API_KEYS_FILE = '', ALLOW_ANONYMOUS }: AccessVariables,
  isDataShared: boolean,
): string | undefined =>
  API_KEYS + API_KEYS_FILE === '' && ALLOW_ANONYMOUS !== 'true' && !isDataShared ? ROOT_KEY_FILE : undefined;
