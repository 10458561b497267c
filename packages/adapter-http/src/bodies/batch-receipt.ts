import type { BatchOptions, BatchReceipt as Receipt } from '@user-activity/application';
import { RuleBroken } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import {
  type Static,
  type TArray,
  type TBoolean,
  type TInteger,
  type TObject,
  type TOptional,
  Type,
} from '@sinclair/typebox';
import { batchItems, exactItemIn, isBatch } from './batch-items.ts';
import { named } from '../openapi/component-schemas.ts';
import { idempotencyKey } from './idempotency-key.ts';
import { Problem } from '../requests/problem.ts';
import { ParameterReader } from '../query/parameter-reader.ts';
import { queryParameters } from '../query/query-parameters.ts';
import { Ids, Violations } from '../openapi/schemas.ts';

/** The items that break a rule, by their index. */
export const RejectedItems: TArray<TObject<{ index: TInteger; errors: typeof Violations }>> = Type.Array(
  named(
    'RejectedItem',
    Type.Object({
      index: Type.Integer({ description: 'Counted from 0.', examples: [1] }),
      errors: Violations,
    }),
  ),
);

/** How many rejected items are not explained. */
export const OmittedErrors: TOptional<TInteger> = Type.Optional(
  Type.Integer({
    minimum: 1,
    description:
      'How many rejected items are listed without their errors: an answer holds at most 1,000 errors and 256 KiB of them. Absent if none.',
  }),
);

/** These as they are answered. */
export const rejectedJson = (rejected: Receipt['rejected']): Static<typeof RejectedItems> =>
  rejected.map(({ index, violations }) => ({ index, errors: [...violations] }));

/** What a batch is answered. */
export const BatchReceipt: TObject<{
  accepted: TInteger;
  rejected: typeof RejectedItems;
  ids: typeof Ids;
  omittedErrors: typeof OmittedErrors;
}> = Type.Object(
  {
    accepted: Type.Integer({ description: 'How many the log holds.', examples: [1] }),
    rejected: RejectedItems,
    ids: Ids,
    omittedErrors: OmittedErrors,
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

/** The parameters of a batch. */
export const BatchParameters: TObject<{ atomic: TOptional<TBoolean> }> = Type.Object({
  atomic: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Whether one item that breaks a rule has all of them refused: 422.',
    }),
  ),
});

/** How a batch is to be judged. Throws 400 for what the URL or the headers say that a batch does not know. */
export function batchOptions(request: FastifyRequest): BatchOptions {
  const reader = new ParameterReader(queryParameters(request), ['atomic']);
  const atomic = reader.one({ name: 'atomic', parse: parseFlag }) ?? false;
  reader.assertSound();
  return { atomic };
}

function parseFlag(raw: string): boolean {
  if (raw !== 'true' && raw !== 'false') throw new RuleBroken('must be "true" or "false"');
  return raw === 'true';
}

/** An `Idempotency-Key` names one activity. Throws 400 where a request has one whose items have ids of their own. */
export function refuseIdempotencyKey({ headers }: FastifyRequest, instead: string): void {
  if (idempotencyKey(headers) !== undefined)
    throw new Problem(400, `Idempotency-Key names one activity. ${instead}`);
}

/**
 * The drafts that `read` makes of a body that is a batch, as `batchItems` does. Throws 422 with the `detail` if the body is no array,
 * and 400 if it is no JSON.
 */
export function draftsOf(
  { body, bytes }: Pick<FastifyRequest, 'body' | 'bytes'>,
  maxItems: number,
  read: (item: unknown) => unknown,
  detail: string,
): AsyncGenerator<[unknown], void, undefined> {
  const json = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  if (!isBatch(json))
    throw new Problem(422, detail, {
      errors: [{ path: '', message: 'must be a JSON array' }],
    });
  const count = (added: number): void => bytes.addBody(added);
  return batchItems(json, { items: maxItems, message: tooMany(maxItems), count }, exactItemIn, read);
}

/** What is said of a batch that holds more than it may. */
export const tooMany = (most: number): string =>
  `A batch holds at most ${most} activities. Send the others in further batches.`;

/** The answer of 202. Throws 422 if all items were rejected, with the errors that are listed by `/index` and path. */
export function receiptJson({ accepted, rejected, ids, unexplained }: Receipt): Static<typeof BatchReceipt> {
  if (accepted === 0 && rejected.length > 0)
    throw noneAccepted(
      rejected.flatMap(({ index, violations }) =>
        violations.map(({ path, message }) => ({ path: `/${index}${path}`, message })),
      ),
      unexplained,
      rejected.map(({ index }) => index),
    );
  return {
    accepted,
    rejected: rejectedJson(rejected),
    ids: [...ids],
    ...omittedJson(unexplained),
  };
}

/** The member `omittedErrors`, if there are any. */
export const omittedJson = (unexplained: number): { omittedErrors?: number } =>
  unexplained === 0 ? {} : { omittedErrors: unexplained };

/** 422 for a batch. If `errors` does not name every rejected item, their indexes are listed too. */
export const noneAccepted = (
  errors: Problem['errors'],
  omittedErrors = 0,
  rejected: readonly number[] = [],
): Problem =>
  new Problem(422, 'No activity of the batch was accepted.', {
    errors,
    ...(omittedErrors === 0 ? {} : { omittedErrors, rejected }),
  });
