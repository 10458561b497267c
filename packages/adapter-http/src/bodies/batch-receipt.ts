import type { BatchOptions, BatchReceipt } from '@user-activity/application';
import { RuleBroken } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from '@sinclair/typebox';
import { readBatchItems, readExactItem, looksLike } from './batch-items.ts';
import { namedSchema } from '../openapi/component-schemas.ts';
import { isArrayText } from './json-elements.ts';
import { idempotencyKeyIn } from './idempotency-key.ts';
import { Problem, rulesBroken } from '../requests/problem.ts';
import { withProjectRemedy } from '../requests/project-remedy.ts';
import { ParameterReader } from '../query/parameter-reader.ts';
import { parseQueryParameters } from '../query/query-parameters.ts';
import { idsSchema, violationsSchema } from '../openapi/schemas.ts';

export const rejectedItemsSchema = Type.Array(
  namedSchema(
    'RejectedItem',
    Type.Object({
      index: Type.Integer({
        description: 'The index of the item in the batch, counted from 0.',
        examples: [1],
      }),
      errors: violationsSchema,
    }),
  ),
);

export const omittedErrorsSchema = Type.Optional(
  Type.Integer({
    minimum: 1,
    description:
      'The number of rejected items that are listed without their errors, because a response has at most 1,000 errors and 256 KiB of errors. Absent if no errors are omitted.',
  }),
);

export const toRejectedJson = (rejected: BatchReceipt['rejected']): Static<typeof rejectedItemsSchema> =>
  rejected.map(({ index, violations }) => ({ index, errors: violations.map(withProjectRemedy) }));

export const batchReceiptSchema = Type.Object(
  {
    accepted: Type.Integer({ description: 'The number of activities that the log holds.', examples: [1] }),
    rejected: rejectedItemsSchema,
    ids: idsSchema,
    omittedErrors: omittedErrorsSchema,
  },
  {
    'x-component': 'BatchReceipt',
    examples: [
      {
        accepted: 1,
        rejected: [{ index: 1, errors: [{ path: '/type', message: 'is required' }] }],
        ids: ['0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10', null],
      },
    ],
  },
);

export const batchParametersSchema = Type.Object({
  atomic: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Whether the service refuses all items, with 422, if one item breaks a rule.',
    }),
  ),
});

/** Reads the options of a batch from the query of the URL. Throws INVALID_QUERY if a parameter is unknown, repeated or malformed. */
export function readBatchOptions(request: FastifyRequest): BatchOptions {
  const reader = new ParameterReader(parseQueryParameters(request), ['atomic']);
  const atomic = reader.one({ name: 'atomic', parse: parseAtomic }) ?? false;
  reader.assertNoViolations();
  return { atomic };
}

function parseAtomic(raw: string): boolean {
  if (raw !== 'true' && raw !== 'false') throw new RuleBroken('must be "true" or "false"');
  return raw === 'true';
}

/** Throws 400 if a request has an `Idempotency-Key`, which could identify only one activity. */
export function refuseIdempotencyKey({ headers }: FastifyRequest, remedy: string): void {
  if (idempotencyKeyIn(headers) !== undefined)
    throw new Problem(400, `Idempotency-Key names one activity. ${remedy}`);
}

/** Yields the drafts of a batch as `readBatchItems` does. Throws a 422 with `detail` if the body is not a JSON array. */
export function draftsOf(
  { body, byteCounter }: Pick<FastifyRequest, 'body' | 'byteCounter'>,
  maxItems: number,
  convert: (item: unknown) => unknown,
  detail: string,
): AsyncGenerator<readonly unknown[], void, undefined> {
  const json = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  if (!looksLike(json, isArrayText))
    throw rulesBroken(detail, [{ path: '', message: 'must be a JSON array' }]);
  const countBytes = (bytes: number): void => byteCounter.addBody(bytes);
  const limit = { maxItems, message: tooManyMessage(maxItems), countBytes };
  return readBatchItems(json, limit, readExactItem, convert);
}

export const tooManyMessage = (maxItems: number): string =>
  `A batch holds at most ${maxItems} activities. Send the others in further batches.`;

/** Makes the body of a 202. Throws 422 if all items were rejected, with paths such as `/0/type`. */
export function toReceiptJson({
  accepted,
  rejected,
  ids,
  unexplained,
}: BatchReceipt): Static<typeof batchReceiptSchema> {
  if (accepted === 0 && rejected.length > 0)
    throw noneAccepted(
      rejected.flatMap(({ index, violations }) =>
        violations.map(({ path, message }) => ({ path: `/${index}${path}`, message })),
      ),
      unexplained,
      rejected.map(({ index }) => index),
    );
  return { accepted, rejected: toRejectedJson(rejected), ids: [...ids], ...toOmittedJson(unexplained) };
}

export const toOmittedJson = (unexplained: number): { omittedErrors?: number } =>
  unexplained === 0 ? {} : { omittedErrors: unexplained };

/** Makes a 422 for a batch without a valid item. If errors are omitted, it lists the indexes of all rejected items. */
export const noneAccepted = (
  errors: Problem['errors'],
  omittedErrors = 0,
  rejected: readonly number[] = [],
): Problem => rulesBroken('No activity of the batch was accepted.', errors, { omittedErrors, rejected });
