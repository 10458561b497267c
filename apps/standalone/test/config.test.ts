import { ConfigurationError } from '@user-activity/runner';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.faults;
  }
}

const defaults = {
  HOST: '127.0.0.1',
  PORT: 3000,
  API_KEYS: [],
  PUBLISH_TIMEOUT_MS: 10_000,
  QUERY_TIMEOUT_MS: 10_000,
  MAX_BATCH_SIZE: 10_000,
  MAX_BODY_BYTES: 10_485_760,
  MAX_METADATA_BYTES: 32_768,
  MAX_BYTES_IN_FLIGHT: 268_435_456,
  KEY_GRACE_MS: 86_400_000,
  LOG_READS: false,
  MAX_CONNECTIONS: 10_000,
  ALLOWED_HOSTS: [],
  WEBHOOK_ORIGINS: ['*'],
  TRUSTED_PROXIES: [],
  deadLetterRetention: { edgeDays: 30, logDays: undefined },
  LOG_LEVEL: 'info',
  ACCEPT_GAP: false,
};

/** The settings of an embedded log or store, as the configuration has them. */
const embedded = (folder: string) => ({
  name: 'SQLite',
  variable: undefined,
  settings: { folder },
  open: expect.any(Function) as () => void,
});

/** The part of the configuration for the embedded log and store in a folder. */
const inFolder = (folder: string) => ({
  engines: { log: embedded(folder), store: embedded(folder), startTimeoutMs: 60_000 },
});

test('has a default for everything', () =>
  expect(readConfig({})).toEqual({ ...defaults, ...inFolder('./data') }));

test('an empty variable counts as unset, and foreign variables are ignored', () => {
  expect(readConfig({ PORT: '', DATA_DIR: ' ', KAFKA_BROKERS: '', PATH: '/bin' })).toEqual({
    ...defaults,
    ...inFolder('./data'),
  });
});

test('reads every variable', () => {
  const environment = {
    HOST: '0.0.0.0',
    PORT: '0',
    API_KEYS: 'one, two:2 ,three',
    PUBLISH_TIMEOUT_MS: '1',
    QUERY_TIMEOUT_MS: '2',
    MAX_BATCH_SIZE: '3',
    MAX_BODY_BYTES: '4',
    MAX_METADATA_BYTES: '262144',
    MAX_BYTES_IN_FLIGHT: '5',
    KEY_GRACE_MS: '60000',
    LOG_READS: 'true',
    MAX_CONNECTIONS: '6',
    ALLOWED_HOSTS: 'logs.example , [::1],10.0.0.1',
    WEBHOOK_ORIGINS: 'events.example.com, https://b.example:8443 ,*.c.example,https://[2001:db8::1]',
    TRUSTED_PROXIES: '10.0.0.0/8, 192.168.1.7 ,2001:db8::/32,::1,::ffff:10.1.2.3',
    LOG_LEVEL: 'trace',
    ACCEPT_GAP: 'true',
  };
  const retention = {
    RETENTION_DAYS: '4',
    DEAD_LETTER_RETENTION_DAYS: '5',
    LOG_DEAD_LETTER_RETENTION_DAYS: '6',
  };
  expect(readConfig({ ...environment, ...retention, DATA_DIR: '/var/lib/x' })).toEqual({
    ...environment,
    ...inFolder('/var/lib/x'),
    retentionDays: 4,
    ACCEPT_GAP: true,
    deadLetterRetention: { edgeDays: 5, logDays: 6 },
    PORT: 0,
    API_KEYS: ['one', 'two:2', 'three'],
    PUBLISH_TIMEOUT_MS: 1,
    QUERY_TIMEOUT_MS: 2,
    MAX_BATCH_SIZE: 3,
    MAX_BODY_BYTES: 4,
    MAX_METADATA_BYTES: 262_144,
    MAX_BYTES_IN_FLIGHT: 5,
    KEY_GRACE_MS: 60_000,
    LOG_READS: true,
    MAX_CONNECTIONS: 6,
    ALLOWED_HOSTS: ['logs.example', '[::1]', '10.0.0.1'],
    WEBHOOK_ORIGINS: ['events.example.com', 'https://b.example:8443', '*.c.example', 'https://[2001:db8::1]'],
    TRUSTED_PROXIES: ['10.0.0.0/8', '192.168.1.7', '2001:db8::/32', '::1', '::ffff:10.1.2.3'],
  });
});

test('the file of a root key is used only without other keys, on the embedded log and store', () => {
  const given = { HOST: '0.0.0.0', ROOT_KEY_FILE: '/data/root-key' };
  expect(readConfig(given)).toMatchObject({ API_KEYS: [], ROOT_KEY_FILE: '/data/root-key' });
  expect(readConfig({ ...given, API_KEYS: 'a' }).ROOT_KEY_FILE).toBeUndefined();
  expect(faultsOf({ ...given, ...engines })).toEqual([
    'API_KEYS must be set, or ALLOW_ANONYMOUS=true: HOST is reachable from other machines',
  ]);
});

const engines = { KAFKA_BROKERS: 'a:9092, b:9092', MONGODB_URI: 'mongodb://db/?replicaSet=rs0' };

test('reads the settings of log and store, in the shapes of their adapters', () => {
  const { log, store, startTimeoutMs } = readConfig(engines).engines;
  expect(log).toMatchObject({ name: 'Kafka', variable: 'KAFKA_BROKERS' });
  expect(log.settings).toEqual({
    connection: { brokers: ['a:9092', 'b:9092'], ssl: false },
    topic: { name: 'user-activity', partitions: 12, retentionDays: 30 },
    group: 'user-activity-store',
  });
  expect(store).toMatchObject({ name: 'MongoDB', variable: 'MONGODB_URI' });
  expect(store.settings).toEqual({
    uri: engines.MONGODB_URI,
    database: 'user_activity',
    compression: 'balanced',
  });
  expect(startTimeoutMs).toBe(60_000);
  const secured = readConfig({
    ...engines,
    KAFKA_SSL: 'true',
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_USERNAME: 'me',
    KAFKA_PASSWORD: 'secret',
    KAFKA_REPLICATION_FACTOR: '3',
    MONGODB_COMPRESSION: 'small',
  });
  expect(secured.engines.store.settings).toMatchObject({ compression: 'small' });
  expect(secured.engines.log.settings).toMatchObject({
    connection: {
      ssl: true,
      sasl: { mechanism: 'scram-sha-512', username: 'me', password: 'secret' },
    },
    topic: { replicationFactor: 3 },
  });
});

describe('refuses', () => {
  test.each([
    ['PORT', '-1', 'PORT must be a whole number from 0 to 65535'],
    ['PORT', '65536', 'PORT must be a whole number from 0 to 65535'],
    ['PORT', '1e3', 'PORT must be a whole number from 0 to 65535'],
    ['PORT', '0x10', 'PORT must be a whole number from 0 to 65535'],
    ['PORT', 'http', 'PORT must be a whole number from 0 to 65535'],
    ['MAX_BATCH_SIZE', '0', 'MAX_BATCH_SIZE must be a whole number from 1 to 100000'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace'],
    ['ALLOW_ANONYMOUS', 'yes', 'ALLOW_ANONYMOUS must be "true" or "false"'],
    ['KAFKA_BROKERS', 'localhost:9092', 'MONGODB_URI must be set together with KAFKA_BROKERS'],
    ['MONGODB_URI', 'mongodb://db', 'KAFKA_BROKERS must be set together with MONGODB_URI'],
    ['RETENTION_DAYS', '0', 'RETENTION_DAYS must be a whole number from 1 to 36500'],
    ['RETENTION_DAYS', '-1', 'RETENTION_DAYS must be a whole number from 1 to 36500'],
    ['RETENTION_DAYS', '1.5', 'RETENTION_DAYS must be a whole number from 1 to 36500'],
    ['RETENTION_DAYS', '1e3', 'RETENTION_DAYS must be a whole number from 1 to 36500'],
    ['RETENTION_DAYS', '36501', 'RETENTION_DAYS must be a whole number from 1 to 36500'],
    ['RETENTION_DAYS', 'ever', 'RETENTION_DAYS must be a whole number from 1 to 36500'],
  ])('%s=%s', (name, value, fault) => expect(faultsOf({ [name]: value })).toEqual([fault]));

  test.each(['*', 'logs.example:443', 'http://logs.example', 'a b', 'a,,b', 'a@b'])(
    'ALLOWED_HOSTS=%s',
    (hosts) =>
      expect(faultsOf({ ALLOWED_HOSTS: hosts })).toEqual([
        'ALLOWED_HOSTS must be a comma-separated list of host names or IP addresses, without ports',
      ]),
  );

  test.each([
    '*,a.example',
    'ftp://a.example',
    'https://a.example/',
    'a b',
    'a,,b',
    'a..b',
    'a@b',
    '<a>',
    'a:port',
    '::1',
    '*.[::1]',
  ])('WEBHOOK_ORIGINS=%s', (origins) =>
    expect(faultsOf({ WEBHOOK_ORIGINS: origins })).toEqual([
      'WEBHOOK_ORIGINS must be * or a comma-separated list of host names or origins, such as https://events.example.com, [2001:db8::1] or *.example.com',
    ]),
  );

  test.each([
    'proxy.example',
    'loopback',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/x',
    '10.0.0.0/255.0.0.0',
    '0.0.0.0/0',
    '::/0',
    '2001:db8::/129',
    '10.0.0',
    '010.0.0.1',
    'fe80::1%eth0',
    '10.0.0.1:80',
    '[::1]',
    '10.0.0.1,,10.0.0.2',
    '10.0.0.1 10.0.0.2',
    'true',
    '1',
  ])('TRUSTED_PROXIES=%s', (proxies) =>
    expect(faultsOf({ TRUSTED_PROXIES: proxies })).toEqual([
      'TRUSTED_PROXIES must be a comma-separated list of IP addresses or networks, such as 10.0.0.0/8 or 2001:db8::/32',
    ]),
  );

  test('with a message that lists all faults, without their values', () => {
    const faults = faultsOf({
      PORT: 'x',
      API_KEYS: 'secret key,b',
      LOG_LEVEL: 'y',
      MONGODB_URI: 'mongodb://secret',
    });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'PORT',
      'LOG_LEVEL',
      'API_KEYS',
      'KAFKA_BROKERS',
    ]);
    expect(faults.join()).not.toContain('secret');
  });

  test.each([
    ['KAFKA_BROKERS', 'localhost', 'a comma-separated list of host:port'],
    ['KAFKA_TOPIC', 'a b', 'a topic name: 1 to 230 letters, digits and "._-", and not "http"'],
    ['KAFKA_TOPIC', 'http', 'a topic name: 1 to 230 letters, digits and "._-", and not "http"'],
    ['KAFKA_PARTITIONS', '0', 'a whole number from 1 to 1000'],
    ['KAFKA_SASL_MECHANISM', 'gssapi', 'one of plain, scram-sha-256, scram-sha-512'],
    ['MONGODB_URI', 'http://db', 'a connection string that begins with mongodb:// or mongodb+srv://'],
    ['MONGODB_COMPRESSION', 'zstd', 'one of balanced, small, none'],
    [
      'MONGODB_DATABASE',
      'a.b',
      'the name of a database: 1 to 63 characters, without spaces and without any of /\\."$*<>:|?',
    ],
  ])('for the log and the store, %s=%s', (name, value, expected) => {
    expect(faultsOf({ ...engines, [name]: value })).toContain(`${name} must be ${expected}`);
  });

  test('incomplete credentials of Kafka', () => {
    expect(faultsOf({ ...engines, KAFKA_USERNAME: 'me', KAFKA_PASSWORD: 'secret' })).toEqual([
      'KAFKA_SASL_MECHANISM must be set together with KAFKA_USERNAME and KAFKA_PASSWORD',
    ]);
  });

  test.each(['0.0.0.0', '::', '10.0.0.1', 'example.org'])('HOST=%s without keys is refused', (HOST) => {
    expect(faultsOf({ HOST })).toEqual([
      'API_KEYS must be set, or ALLOW_ANONYMOUS=true: HOST is reachable from other machines',
    ]);
    expect(faultsOf({ HOST, API_KEYS: 'a' })).toEqual([]);
    expect(faultsOf({ HOST, ALLOW_ANONYMOUS: 'true' })).toEqual([]);
  });

  test.each(['localhost', '127.0.0.1', '127.1.2.3', '::1'])('no loopback address: %s', (HOST) => {
    expect(faultsOf({ HOST })).toEqual([]);
  });
});
