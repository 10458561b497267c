import type { LogActivities } from '@user-activity/application';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { idempotencyKey } from './idempotency-key.ts';
import { bodyOf } from './json-body.ts';
import { Problem } from './problem.ts';
import { refuseParameters } from './query-parameters.ts';
import { Draft, Ids, problems, Violations } from './schemas.ts';

const schema = {
  operationId: 'logActivities',
  tags: ['activities'],
  summary: 'Log many activities',
  description:
    'Each item is judged by itself: those that keep the rules are accepted, the others are listed. Answers 202 only after ' +
    'the log holds all that were accepted. None valid: 422.',
  body: Type.Unsafe<unknown>(Type.Array(Draft, { minItems: 1 })),
  response: {
    202: Type.Object({
      accepted: Type.Integer({ description: 'How many the log holds.', examples: [1] }),
      rejected: Type.Array(
        Type.Object({
          index: Type.Integer({ description: 'Counted from 0.', examples: [1] }),
          errors: Violations,
        }),
      ),
      ids: Ids,
    }),
    ...problems(400, 401, 413, 415, 422, 503),
  },
};

/** `POST /api/logs/batch` */
export const postBatch: FastifyPluginCallbackTypebox<{
  logActivities: LogActivities;
  maxBatchSize: number;
}> = (app, { logActivities, maxBatchSize }, done) => {
  app.post('/api/logs/batch', { schema, onRequest: refuseParameters }, async (request, reply) => {
    if (idempotencyKey(request.headers) !== undefined)
      throw new Problem(400, 'Idempotency-Key names one activity. In a batch, give each item an id.');
    const drafts = bodyOf(request);
    if (!Array.isArray(drafts)) throw broken([{ path: '', message: 'must be a JSON array' }]);
    if (drafts.length === 0) throw broken([{ path: '', message: 'must hold at least one activity' }]);
    if (drafts.length > maxBatchSize)
      throw new Problem(413, `A batch holds at most ${maxBatchSize} activities.`);
    const { accepted, rejected, ids } = await logActivities([drafts]);
    if (accepted === 0) {
      throw broken(
        rejected.flatMap(({ index, violations }) =>
          violations.map(({ path, message }) => ({ path: `/${index}${path}`, message })),
        ),
      );
    }
    return reply.code(202).send({
      accepted,
      rejected: rejected.map(({ index, violations }) => ({ index, errors: [...violations] })),
      ids: [...ids],
    });
  });
  done();
};

const broken = (errors: Problem['errors']): Problem =>
  new Problem(422, 'No activity of the batch was accepted.', { errors });
