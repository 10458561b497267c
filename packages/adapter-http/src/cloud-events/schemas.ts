import { Type } from '@sinclair/typebox';
import { ActivityType } from '@user-activity/domain';
import { optionalOrNull, userIdSchema } from '../openapi/schemas.ts';
import { tokenPattern } from '../requests/header-syntax.ts';

// Control characters and noncharacters are forbidden in strings of events (CloudEvents 1.0.2, "Type System").
const forbidden = '\\x00-\\x1f\\x7f-\\x9f\\ufdd0-\\ufdef\\ufffe\\uffff';
const notBlankPattern = `^ *[^\\s${forbidden}](?:[^${forbidden}]*[^\\s${forbidden}])? *$`;

// A media type (RFC 9110, section 8.3.1).
const mediaTypePattern = `^${tokenPattern}/${tokenPattern} *(?:;[^${forbidden}]*)?$`;

const exampleAttributes = {
  specversion: '1.0',
  id: 'A234-1234-1234',
  source: 'https://shop.example/sessions',
  type: 'com.example.login',
  subject: '123',
  time: '2026-11-24T08:30:00Z',
};
const examples = [
  {
    ...exampleAttributes,
    comexampleregion: 'eu',
    datacontenttype: 'application/json',
    data: { ip: '127.0.0.1' },
  },
  {
    specversion: '1.0',
    id: 'A234-1234-1235',
    source: 'https://shop.example/sessions',
    type: 'com.example.avatar.changed',
    subject: '123',
    datacontenttype: 'image/png',
    data_base64: 'iVBORw0KGgo=',
  },
];

const Event = Type.Object(
  {
    specversion: Type.String({ const: '1.0' }),
    id: Type.String({
      pattern: `^[^${forbidden}]+$`,
      description: '`source` and `id` together identify the event.',
    }),
    source: Type.String({
      pattern: `^[^${forbidden}]+$`,
      description: 'Where the event happened; a URI reference.',
    }),
    type: Type.String({
      maxLength: ActivityType.maxLength,
      pattern: notBlankPattern,
      description:
        'The kind of event. Its canonical form becomes the type, and `metadata.cloudevent.type` holds it as sent.',
    }),
    subject: Type.String({
      ...userIdSchema,
      pattern: notBlankPattern,
      description: 'The user who acted. This service requires it, although CloudEvents does not.',
    }),
    time: optionalOrNull(
      Type.String({
        format: 'date-time',
        description: 'When the event happened (RFC 3339). It becomes createdAt.',
      }),
    ),
    datacontenttype: optionalOrNull(
      Type.String({ pattern: mediaTypePattern, examples: ['application/json'] }),
    ),
    dataschema: optionalOrNull(Type.String({ pattern: `^[^${forbidden}]+$`, description: 'A URI.' })),
    data: Type.Optional(Type.Unknown({ description: 'An object becomes the metadata.' })),
    data_base64: optionalOrNull(
      Type.String({
        contentEncoding: 'base64',
        pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
      }),
    ),
  },
  {
    'x-component': 'CloudEvent',
    // Allows extension attributes of any type. Client generators do not understand a stricter rule.
    additionalProperties: true,
    propertyNames: { pattern: '^(?:[a-z0-9]+|data_base64)$' },
    not: { properties: { data: {}, data_base64: {} }, required: ['data', 'data_base64'] },
    examples: [examples[0]],
  },
);

/** The request bodies in the three modes of the HTTP protocol binding, for the documentation. `draftFromEvent` validates events. */
export const eventBodySchemas = {
  content: {
    'application/cloudevents+json': { schema: Type.Unsafe<unknown>(Event) },
    'application/cloudevents-batch+json': {
      schema: Type.Unsafe<unknown>(Type.Array(Event, { examples: [examples] })),
    },
    'application/json': {
      schema: Type.Unsafe<unknown>(
        Type.Unknown({
          description: 'Binary mode: the data of an event whose attributes are in `ce-` headers.',
          examples: [{ ip: '127.0.0.1' }],
        }),
      ),
    },
    '*/*': {
      schema: Type.Unsafe<unknown>(
        Type.String({
          description: 'Binary mode: `text/*` in UTF-8 is kept as a string, anything else as base64.',
          contentMediaType: 'application/octet-stream',
        }),
      ),
    },
  },
};

/** The headers of binary mode. All are optional and accept any value, because the structured and batched modes ignore them. */
export const eventHeadersSchema = Type.Unsafe<unknown>(
  Type.Partial(
    Type.Object(
      Object.fromEntries(
        Object.entries({
          ...exampleAttributes,
          dataschema: 'https://shop.example/schemas/login.json',
        }).map(([name, example]) => [
          `ce-${name}`,
          Type.String({ description: `The attribute \`${name}\`, in binary mode.`, examples: [example] }),
        ]),
      ),
    ),
  ),
);
