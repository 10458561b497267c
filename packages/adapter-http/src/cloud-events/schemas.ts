import {
  type TArray,
  type TBoolean,
  type TInteger,
  type TObject,
  type TOptional,
  type TString,
  type TUnion,
  type TUnknown,
  type TUnsafe,
  Type,
} from '@sinclair/typebox';

const attributes = {
  specversion: Type.String({ const: '1.0' }),
  id: Type.String({ minLength: 1, description: 'With `source` it names the event, and the activity.' }),
  source: Type.String({ minLength: 1, description: 'Where it happened; a URI reference.' }),
  type: Type.String({
    minLength: 1,
    description: 'What was done. Each character that a type of an activity can not have becomes `_`.',
  }),
  subject: Type.String({ minLength: 1, description: 'Who acted: the user. Required here.' }),
  time: Type.Optional(
    Type.String({ format: 'date-time', description: 'When it happened (RFC 3339): createdAt.' }),
  ),
  datacontenttype: Type.Optional(Type.String({ examples: ['application/json'] })),
  dataschema: Type.Optional(Type.String({ format: 'uri' })),
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

/** An attribute of an extension. */
const Extension: TUnion<[TString, TBoolean, TInteger]> = Type.Union([
  Type.String(),
  Type.Boolean(),
  Type.Integer(),
]);

const Event: TObject<typeof attributes & { data: TOptional<TUnknown>; data_base64: TOptional<TString> }> =
  Type.Object(
    {
      ...attributes,
      data: Type.Optional(Type.Unknown({ description: 'An object is the metadata itself.' })),
      data_base64: Type.Optional(Type.String({ contentEncoding: 'base64' })),
    },
    { additionalProperties: Extension, examples: [examples[0]] },
  );

const Batch: TArray<typeof Event> = Type.Array(Event, { examples: [examples] });

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

/** The headers of binary mode. */
export const EventHeaders: TUnsafe<unknown> = Type.Unsafe<unknown>(
  Type.Partial(
    Type.Object({
      'ce-specversion': attributes.specversion,
      'ce-id': attributes.id,
      'ce-source': attributes.source,
      'ce-type': attributes.type,
      'ce-subject': attributes.subject,
      'ce-time': attributes.time,
      'ce-dataschema': attributes.dataschema,
    }),
  ),
);
