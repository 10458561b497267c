import { UsageLimits } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { namedSchema } from './component-schemas.ts';

const limit = (description: string) =>
  Type.Optional(
    Type.Union([Type.Integer({ minimum: 1, maximum: UsageLimits.max }), Type.Null()], { description }),
  );

const rates = {
  itemsPerSecond: limit('Activities, events and calls that are sent, including those that are rejected.'),
  bytesPerSecond: limit('Bytes of request bodies, decoded.'),
  answerBytesPerSecond: limit('Bytes of responses.'),
  searchMsPerSecond: limit('Milliseconds that queries take in the store.'),
};

export const keyLimitsSchema = namedSchema(
  'KeyLimits',
  Type.Object(rates, {
    additionalProperties: false,
    description: 'What may be used in each second. A limit that is absent or null does not apply.',
    examples: [{ itemsPerSecond: 100 }],
  }),
);

export const projectLimitsSchema = namedSchema(
  'ProjectLimits',
  Type.Object(
    { ...rates, storedBytes: limit('Bytes of activities in the store, at any time.') },
    {
      additionalProperties: false,
      description:
        'What all keys of the project together may use in each second. A limit that is absent or null does not apply.',
      examples: [{ itemsPerSecond: 1000 }],
    },
  ),
);
