import { Type } from '@sinclair/typebox';
import { namedSchema } from './component-schemas.ts';
import { exampleId } from './schemas.ts';

export const erasureIdSchema = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9-]+$',
  examples: [exampleId],
});

export const erasureSchema = namedSchema(
  'Erasure',
  Type.Object({
    id: erasureIdSchema,
    status: Type.Union([Type.Literal('accepted'), Type.Literal('running'), Type.Literal('done')], {
      description:
        '`accepted`: the log holds the request. `running`: a consumer has recorded the request. No further activity that the request covers is ' +
        'stored, and those in the store are being removed. `done`: the store has no activity that the request covers.',
    }),
    erased: Type.Integer({
      minimum: 0,
      description: 'The number of activities that were removed from the store, or anonymised in it.',
      examples: [1042],
    }),
  }),
);
