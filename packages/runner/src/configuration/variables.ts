import { defaultMetadataBytes, maxMetadataBytes, RetentionDays } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { type LogLevel, logLevels } from '../logger.ts';
import { keyPatternSource } from './key-files.ts';
import { networksFormat } from './networks-format.ts';

// For an invalid value, the message is `NAME must be`, followed by the description in the schema.

/** Makes the schema of a whole number between two limits. */
export const wholeNumber = (min: number, max: number, defaultValue?: number) =>
  Type.Integer({
    minimum: min,
    maximum: max,
    ...(defaultValue === undefined ? {} : { default: defaultValue }),
    description: `a whole number from ${min} to ${max}`,
  });

/** Makes the schema of a variable that is `true` or `false`. Default: `false`. */
export const flag = () =>
  Type.Union([Type.Literal('true'), Type.Literal('false')], {
    default: 'false',
    description: '"true" or "false"',
  });

// A host: a name, an IPv4 address, or an IPv6 address with or without brackets.
const hostPattern =
  '(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\\.?|\\[?[0-9A-Fa-f]*:[0-9A-Fa-f:.]+\\]?)';

// A sender of web hooks: a name, `*.` and a name, or an IPv6 address in brackets. A scheme and a port are optional.
const labelPattern = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const senderPattern = `(?:https?://)?(?:(?:\\*\\.)?${labelPattern}(?:\\.${labelPattern})*\\.?|\\[[0-9A-Fa-f:.]{2,45}\\])(?::\\d{1,5})?`;

/** The variables of every app. */
export const processVariables = (defaultPort: number) => ({
  HOST: Type.String({ default: '127.0.0.1', description: 'a host name or an IP address' }),
  PORT: wholeNumber(0, 65_535, defaultPort),
  ANONYMISATION_KEY: Type.Optional(
    Type.String({
      pattern: '^\\S{32,}$',
      description: 'a secret of at least 32 characters without white space, the same for all processes',
    }),
  ),
  ALLOWED_HOSTS: Type.String({
    default: '',
    pattern: `^(?:|${hostPattern}(?: *, *${hostPattern})*)$`,
    description: 'a comma-separated list of host names or IP addresses, without ports',
  }),
  MAX_CONNECTIONS: wholeNumber(1, 1_000_000, 10_000),
  LOG_LEVEL: Type.Unsafe<LogLevel>(
    Type.Union(
      logLevels.map((level) => Type.Literal(level)),
      { default: 'info', description: `one of ${logLevels.join(', ')}` },
    ),
  ),
});

/** The variables of every app that runs a consumer. */
export const consumerVariables = { ACCEPT_GAP: flag() };

/** The variables of every app that serves the API. */
export const apiVariables = {
  API_KEYS: Type.String({
    default: '',
    pattern: `^(?:|${keyPatternSource}(?: *, *${keyPatternSource})*)$`,
    description: 'a comma-separated list of keys of printable ASCII characters without space',
  }),
  API_KEYS_FILE: Type.Optional(Type.String()),
  ALLOW_ANONYMOUS: flag(),
  LOG_READS: flag(),
  KEY_GRACE_MS: wholeNumber(60_000, 7 * 86_400_000, 86_400_000),
  WEBHOOK_ORIGINS: Type.String({
    default: '*',
    pattern: `^(?:\\*|${senderPattern}(?: *, *${senderPattern})*)$`,
    description:
      '* or a comma-separated list of host names or origins, such as https://events.example.com, [2001:db8::1] or *.example.com',
  }),
  TRUSTED_PROXIES: Type.String({
    default: '',
    format: networksFormat,
    description: 'a comma-separated list of IP addresses or networks, such as 10.0.0.0/8 or 2001:db8::/32',
  }),
  PUBLISH_TIMEOUT_MS: wholeNumber(1, 600_000, 10_000),
  QUERY_TIMEOUT_MS: wholeNumber(1, 600_000, 10_000),
  MAX_BATCH_SIZE: wholeNumber(1, 100_000, 10_000),
  MAX_BODY_BYTES: wholeNumber(1, 256 * 1024 * 1024, 10 * 1024 * 1024),
  MAX_METADATA_BYTES: wholeNumber(1024, maxMetadataBytes, defaultMetadataBytes),
  MAX_BYTES_IN_FLIGHT: wholeNumber(1, 2 ** 40, 256 * 1024 * 1024),
  // No default: only an operator may let activities expire.
  RETENTION_DAYS: Type.Optional(wholeNumber(RetentionDays.min, RetentionDays.max)),
  DEAD_LETTER_RETENTION_DAYS: wholeNumber(1, 36_500, 30),
  // No default: dead letters from the log hold accepted activities, so only an operator may let them expire.
  LOG_DEAD_LETTER_RETENTION_DAYS: Type.Optional(wholeNumber(1, 36_500)),
};
