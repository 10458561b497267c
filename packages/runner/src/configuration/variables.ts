import { defaultMetadataBytes, edgeTopic, maxMetadataBytes } from '@user-activity/domain';
import {
  type TInteger,
  type TLiteral,
  type TNever,
  type TOptional,
  type TString,
  type TUnion,
  type TUnsafe,
  Type,
} from '@sinclair/typebox';
import { type LogLevel, logLevels } from '../logger.ts';
import { keyCharacters } from './key-files.ts';

// A description says what the value must be. It is part of the message about an invalid value.

type Flag = TUnion<[TLiteral<'true'>, TLiteral<'false'>]>;

const wholeNumber = (from: number, to: number, otherwise?: number): TInteger =>
  Type.Integer({
    minimum: from,
    maximum: to,
    ...(otherwise === undefined ? {} : { default: otherwise }),
    description: `a whole number from ${from} to ${to}`,
  });

const flag = (): Flag =>
  Type.Union([Type.Literal('true'), Type.Literal('false')], {
    default: 'false',
    description: '"true" or "false"',
  });

// A name, an IPv4 address, or an IPv6 address, bare or in brackets.
const host = '(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\\.?|\\[?[0-9A-Fa-f]*:[0-9A-Fa-f:.]+\\]?)';

// A sender may have a scheme, `*.` for all names below one, and a port; its address of IPv6 is in brackets.
const label = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const sender = `(?:https?://)?(?:(?:\\*\\.)?${label}(?:\\.${label})*\\.?|\\[[0-9A-Fa-f:.]{2,45}\\])(?::\\d{1,5})?`;

/** The variables of every app. */
export const processVariables = (
  port: number,
): {
  HOST: TString;
  PORT: TInteger;
  ALLOWED_HOSTS: TString;
  MAX_CONNECTIONS: TInteger;
  LOG_LEVEL: TUnsafe<LogLevel>;
  RETENTION_DAYS: TOptional<TNever>;
} => ({
  HOST: Type.String({ default: '127.0.0.1', description: 'a host name or an IP address' }),
  PORT: wholeNumber(0, 65_535, port),
  ALLOWED_HOSTS: Type.String({
    default: '',
    pattern: `^(?:|${host}(?: *, *${host})*)$`,
    description: 'a comma-separated list of host names or IP addresses, without ports',
  }),
  MAX_CONNECTIONS: wholeNumber(1, 1_000_000, 10_000),
  LOG_LEVEL: Type.Unsafe<LogLevel>(
    Type.Union(
      logLevels.map((level) => Type.Literal(level)),
      { default: 'info', description: `one of ${logLevels.join(', ')}` },
    ),
  ),
  // If it were ignored, people would believe that old activities are removed.
  RETENTION_DAYS: Type.Optional(Type.Never({ description: 'unset: this version keeps everything' })),
});

/** The variables of the embedded log and store. */
export const embeddedVariables: { DATA_DIR: TString; ROOT_KEY_FILE: TOptional<TString> } = {
  DATA_DIR: Type.String({ default: './data', description: 'the path of a folder' }),
  ROOT_KEY_FILE: Type.Optional(Type.String()),
};

/** The variables of every app that serves the API. */
export const apiVariables: {
  API_KEYS: TString;
  API_KEYS_FILE: TOptional<TString>;
  ALLOW_ANONYMOUS: Flag;
  WEBHOOK_ORIGINS: TString;
  PUBLISH_TIMEOUT_MS: TInteger;
  QUERY_TIMEOUT_MS: TInteger;
  MAX_BATCH_SIZE: TInteger;
  MAX_BODY_BYTES: TInteger;
  MAX_METADATA_BYTES: TInteger;
  MAX_BYTES_IN_FLIGHT: TInteger;
  DEAD_LETTER_RETENTION_DAYS: TInteger;
  LOG_DEAD_LETTER_RETENTION_DAYS: TOptional<TInteger>;
} = {
  API_KEYS: Type.String({
    default: '',
    pattern: `^(?:|${keyCharacters}(?: *, *${keyCharacters})*)$`,
    description: 'a comma-separated list of keys of printable ASCII characters without space',
  }),
  API_KEYS_FILE: Type.Optional(Type.String()),
  ALLOW_ANONYMOUS: flag(),
  WEBHOOK_ORIGINS: Type.String({
    default: '*',
    pattern: `^(?:\\*|${sender}(?: *, *${sender})*)$`,
    description:
      '* or a comma-separated list of host names or origins, such as https://events.example.com, [2001:db8::1] or *.example.com',
  }),
  PUBLISH_TIMEOUT_MS: wholeNumber(1, 600_000, 10_000),
  QUERY_TIMEOUT_MS: wholeNumber(1, 600_000, 10_000),
  MAX_BATCH_SIZE: wholeNumber(1, 100_000, 10_000),
  MAX_BODY_BYTES: wholeNumber(1, 256 * 1024 * 1024, 10 * 1024 * 1024),
  MAX_METADATA_BYTES: wholeNumber(1024, maxMetadataBytes, defaultMetadataBytes),
  MAX_BYTES_IN_FLIGHT: wholeNumber(1, 2 ** 40, 256 * 1024 * 1024),
  DEAD_LETTER_RETENTION_DAYS: wholeNumber(1, 36_500, 30),
  // Letters from the log were accepted with 202, so only an operator may have them removed.
  LOG_DEAD_LETTER_RETENTION_DAYS: Type.Optional(wholeNumber(1, 36_500)),
};

/** The variables of Kafka and MongoDB. */
export const engineVariables: {
  START_TIMEOUT_MS: TInteger;
  KAFKA_BROKERS: TOptional<TString>;
  KAFKA_SSL: Flag;
  KAFKA_SASL_MECHANISM: TOptional<
    TUnion<[TLiteral<'plain'>, TLiteral<'scram-sha-256'>, TLiteral<'scram-sha-512'>]>
  >;
  KAFKA_USERNAME: TOptional<TString>;
  KAFKA_PASSWORD: TOptional<TString>;
  KAFKA_TOPIC: TString;
  KAFKA_GROUP_ID: TString;
  KAFKA_PARTITIONS: TInteger;
  KAFKA_REPLICATION_FACTOR: TOptional<TInteger>;
  KAFKA_RETENTION_DAYS: TInteger;
  MONGODB_URI: TOptional<TString>;
  MONGODB_DATABASE: TString;
} = {
  START_TIMEOUT_MS: wholeNumber(1, 3_600_000, 60_000),
  KAFKA_BROKERS: Type.Optional(
    Type.String({
      pattern: '^ *[^\\s,:]+:\\d{1,5}(?: *, *[^\\s,:]+:\\d{1,5})* *$',
      description: 'a comma-separated list of host:port',
    }),
  ),
  KAFKA_SSL: flag(),
  KAFKA_SASL_MECHANISM: Type.Optional(
    Type.Union([Type.Literal('plain'), Type.Literal('scram-sha-256'), Type.Literal('scram-sha-512')], {
      description: 'one of plain, scram-sha-256, scram-sha-512',
    }),
  ),
  KAFKA_USERNAME: Type.Optional(Type.String()),
  KAFKA_PASSWORD: Type.Optional(Type.String()),
  KAFKA_TOPIC: Type.String({
    default: 'user-activity',
    // The name of the dead letter topic, which is longer, must fit into Kafka's 249 characters too.
    pattern: `^(?!(?:\\.{1,2}|${edgeTopic})$)[A-Za-z0-9._-]{1,230}$`,
    description: `a topic name: 1 to 230 letters, digits and "._-", and not "${edgeTopic}"`,
  }),
  KAFKA_GROUP_ID: Type.String({
    default: 'user-activity-store',
    maxLength: 255,
    description: 'at most 255 characters',
  }),
  KAFKA_PARTITIONS: wholeNumber(1, 1000, 12),
  KAFKA_REPLICATION_FACTOR: Type.Optional(wholeNumber(1, 100)),
  KAFKA_RETENTION_DAYS: wholeNumber(1, 36_500, 30),
  MONGODB_URI: Type.Optional(
    Type.String({
      pattern: '^mongodb(?:\\+srv)?://.',
      description: 'a connection string that begins with mongodb:// or mongodb+srv://',
    }),
  ),
  MONGODB_DATABASE: Type.String({
    default: 'user_activity',
    pattern: '^[^/\\\\. "$*<>:|?\\u0000]{1,63}$',
    description: 'the name of a database: 1 to 63 characters without space and any of /\\."$*<>:|?',
  }),
};
