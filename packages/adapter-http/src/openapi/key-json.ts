import { AccessKey, KeyName, WebOrigin, Scope, Timestamp } from '@user-activity/domain';
import { type Static, Type } from '@sinclair/typebox';
import { namedSchema } from './component-schemas.ts';
import { keyLimitsSchema } from './limits-json.ts';
import { projectPattern, projectRule } from './project-name.ts';

export const keyNameSchema = Type.String({
  minLength: 1,
  maxLength: KeyName.maxLength,
  pattern: '^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$',
  description: 'The name of the key, for people. Several keys may have the same name.',
  examples: ['shop backend'],
});

export const keyProjectSchema = Type.String({
  pattern: `^(?:\\*|${projectPattern})$`,
  description: `The project of the key: ${projectRule}. \`*\` makes it a key of an operator, who may name any project.`,
  examples: ['shop'],
});

const scope = namedSchema(
  'Scope',
  Type.Union(
    Scope.all.map((each) => Type.Literal(each)),
    { description: 'A kind of work that a key allows. `admin` includes all other scopes.' },
  ),
);

export const scopesSchema = Type.Array(scope, {
  minItems: 1,
  maxItems: Scope.all.length,
  uniqueItems: true,
  examples: [['write']],
});

export const originsSchema = Type.Array(
  Type.String({
    pattern: WebOrigin.pattern,
    maxLength: WebOrigin.maxLength,
    examples: ['https://shop.example'],
  }),
  {
    maxItems: WebOrigin.maxOrigins,
    uniqueItems: true,
    description:
      'The origins of the web pages that may use the key. A key with origins is public: it has the scope `write` alone, and belongs to one project.',
    examples: [[]],
  },
);

const time = (description: string) => Type.String({ format: 'date-time', description });
const timeOrNull = (description: string) =>
  Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description, examples: [null] });

const members = {
  id: Type.String({
    pattern: '^[0-9a-f]{16}$',
    description: 'The id of the key. It is not secret, and stays the same when the secret is rotated.',
    examples: ['9f86d081884c7d65'],
  }),
  name: keyNameSchema,
  project: keyProjectSchema,
  scopes: scopesSchema,
  origins: originsSchema,
  limits: keyLimitsSchema,
  state: Type.Union([Type.Literal('valid'), Type.Literal('expired'), Type.Literal('revoked')]),
  createdAt: time('When the key was made.'),
  expiresAt: timeOrNull('When the key expires. Null: never.'),
  revokedAt: timeOrNull('When the key was revoked. Null: it is not revoked.'),
  previousSecretExpiresAt: timeOrNull(
    'When the secret from before the last rotation stops working. Null: the key was never rotated.',
  ),
};

export const keySchema = namedSchema('Key', Type.Object(members));

export const secretKeySchema = namedSchema(
  'KeyWithSecret',
  Type.Object({
    ...members,
    secret: Type.String({
      pattern: '^ua_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$',
      description:
        'What clients send as their API key. It is shown only in this response, and cannot be read again.',
      examples: ['ua_9f86d081884c7d65_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    }),
  }),
);

/** The parameters of a path with the id of a key. */
export const keyInPathSchema = Type.Object({ id: members.id });

const textOf = (moment: Timestamp | undefined): string | null =>
  moment === undefined ? null : Timestamp.toISO(moment);

export const toKeyJson = (key: AccessKey, now: Timestamp): Static<typeof keySchema> => ({
  id: key.id,
  name: key.name,
  project: key.project,
  scopes: [...key.scopes],
  origins: [...key.origins],
  limits: { ...key.limits },
  state: AccessKey.stateOf(key, now),
  createdAt: Timestamp.toISO(key.createdAt),
  expiresAt: textOf(key.expiresAt),
  revokedAt: textOf(key.revokedAt),
  previousSecretExpiresAt: textOf(key.secrets[1]?.expiresAt),
});
