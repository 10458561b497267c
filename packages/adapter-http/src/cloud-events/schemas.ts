import { type TSchema, type TUnsafe, Type } from '@sinclair/typebox';
import { nullable, UserIdText } from '../openapi/schemas.ts';

// What no text of an event may hold (CloudEvents 1.0.2, "Type System"): control characters and noncharacters.
const refused = '\\x00-\\x1f\\x7f-\\x9f\\ufdd0-\\ufdef\\ufffe\\uffff';
/** A text with more than white space in it. */
const written = `^ *[^\\s${refused}](?:[^${refused}]*[^\\s${refused}])? *$`;

// RFC 9110, sections 5.6.2 and 8.3.1.
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const mediaType = `^${token}/${token} *(?:;[^${refused}]*)?$`;

const attributes = {
  specversion: Type.String({ const: '1.0' }),
  id: Type.String({
    pattern: `^[^${refused}]+$`,
    description: 'With `source` it names the event, and the activity.',
  }),
  source: Type.String({ pattern: `^[^${refused}]+$`, description: 'Where it happened; a URI reference.' }),
  type: Type.String({
    maxLength: 256,
    pattern: written,
    description:
      'What was done: the type, in its canonical form. As given it is in `metadata.cloudevent.type`.',
  }),
  subject: Type.String({
    ...UserIdText,
    pattern: written,
    description: 'Who acted: the user. Required here.',
  }),
  time: nullable(
    Type.String({ format: 'date-time', description: 'When it happened (RFC 3339): createdAt.' }),
  ),
  datacontenttype: nullable(Type.String({ pattern: mediaType, examples: ['application/json'] })),
  dataschema: nullable(Type.String({ pattern: `^[^${refused}]+$`, description: 'A URI.' })),
};

const examples = [
  {
    specversion: '1.0',
    id: 'A234-1234-1234',
    source: 'https://shop.example/sessions',
    type: 'com.example.login',
    subject: '123',
    time: '2026-11-24T08:30:00Z',
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

const Event: TSchema = Type.Object(
  {
    ...attributes,
    data: Type.Optional(Type.Unknown({ description: 'An object is the metadata itself.' })),
    data_base64: nullable(
      Type.String({
        contentEncoding: 'base64',
        pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
      }),
    ),
  },
  {
    'x-component': 'CloudEvent',
    // Extensions; left open, as generators know it. They have the types of attributes.
    additionalProperties: true,
    propertyNames: { pattern: '^(?:[a-z0-9]+|data_base64)$' },
    not: { properties: { data: {}, data_base64: {} }, required: ['data', 'data_base64'] },
    examples: [examples[0]],
  },
);

const Batch: TSchema = Type.Array(Event, { examples: [examples] });

/** The three modes of the HTTP protocol binding, by their media types. For the documentation alone: the mapping judges them. */
export const eventBodies: {
  readonly content: Readonly<Record<string, { readonly schema: TUnsafe<unknown> }>>;
} = {
  content: {
    'application/cloudevents+json': { schema: Type.Unsafe<unknown>(Event) },
    'application/cloudevents-batch+json': { schema: Type.Unsafe<unknown>(Batch) },
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
          description: 'Binary mode: `text/*` in UTF-8 is kept as a string, all else as base64.',
          contentMediaType: 'application/octet-stream',
        }),
      ),
    },
  },
};

/** The headers of binary mode. In the other modes they say nothing, so nothing is asked of them here. */
export const EventHeaders: TUnsafe<unknown> = Type.Unsafe<unknown>(
  Type.Partial(
    Type.Object(
      Object.fromEntries(
        Object.entries({
          specversion: '1.0',
          id: 'A234-1234-1234',
          source: 'https://shop.example/sessions',
          type: 'com.example.login',
          subject: '123',
          time: '2026-11-24T08:30:00Z',
          dataschema: 'https://shop.example/schemas/login.json',
        }).map(([name, example]) => [
          `ce-${name}`,
          Type.String({ description: `The attribute \`${name}\`, in binary mode.`, examples: [example] }),
        ]),
      ),
    ),
  ),
);
