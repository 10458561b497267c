import type { LogActivities, LogActivity } from '@user-activity/application';
import { FaultyDraft } from '@user-activity/application';
import {
  type ActivityId,
  DomainError,
  ExplanationBudget,
  isDomainError,
  type Violation,
} from '@user-activity/domain';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import {
  BatchParameters,
  BatchReceipt,
  batchOptions,
  draftsOf,
  refuseIdempotencyKey,
  receiptJson,
} from '../bodies/batch-receipt.ts';
import { binaryEvent } from './binary-event.ts';
import { eventMediaTypes } from './media-type.ts';
import { type EventDraft, eventDraft } from './event-draft.ts';
import { EventHeaders, eventBodies } from './schemas.ts';
import { maxItemBytes } from '../requests/item-size.ts';
import { jsonBody, utf8Body } from '../bodies/json-body.ts';
import { cloudEvents, essenceOf } from '../requests/media-types.ts';
import { location } from '../openapi/outcome-json.ts';
import { Problem } from '../requests/problem.ts';
import { problems } from '../openapi/schemas.ts';
import { parseWhole, tooLarge } from '../bodies/whole-body.ts';

const schema = {
  operationId: 'logEvents',
  tags: ['activities'],
  summary: 'Log CloudEvents',
  description:
    'CloudEvents 1.0 by its HTTP protocol binding, binary (attributes as `ce-` headers), structured or batched. The `subject` ' +
    'is the user, `type` the type, `time` createdAt; `source` and `id` together name the activity, so an event that is sent ' +
    'again is stored once. Data that is an object is the metadata itself; the other attributes are under ' +
    '`metadata.cloudevent`. A batch is judged and answered as one of activities is.',
  headers: EventHeaders,
  querystring: BatchParameters,
  body: eventBodies,
  response: {
    202: Type.Union(
      [
        Type.Object(
          { id: Type.String() },
          {
            'x-component': 'EventReceipt',
            description: 'Of one event.',
            examples: [{ id: 'ce_47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU' }],
          },
        ),
        BatchReceipt,
      ],
      { description: 'The log holds it. `Location` is where one event will be.', headers: location },
    ),
    ...problems(400, 401, 403, 413, 415, 422, 503),
  },
};

/** `POST /api/events` */
export const postEvents: FastifyPluginCallbackTypebox<{
  logActivity: LogActivity;
  logActivities: LogActivities;
  maxBatchSize: number;
  maxMetadataBytes: number;
}> = (app, { logActivity, logActivities, maxBatchSize, maxMetadataBytes }, done) => {
  app.removeAllContentTypeParsers();
  parseWhole(app, '*', (_request, body) => body);
  const config = { optionalBody: true, mediaTypes: eventMediaTypes };
  app.post('/api/events', { schema, config }, async (request, reply) => {
    const options = batchOptions(request);
    refuseIdempotencyKey(request, 'An event is named by its source and id.');
    const contentType = request.headers['content-type'] ?? '';
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const mode = essenceOf(contentType);
    if (mode === `${cloudEvents}-batch+json`) {
      const json = utf8Body(contentType, body);
      const explanations = new ExplanationBudget();
      const places: EventDraft['asSent'][] = [];
      const portions = draftsOf(
        { body: json, bytes: request.bytes },
        maxBatchSize,
        (event) => {
          const read =
            event instanceof FaultyDraft
              ? asItIs(event)
              : eventDraft(event, maxMetadataBytes, explanations.collector());
          places.push(read.asSent);
          return read.draft;
        },
        'The body must be a JSON array. One event is application/cloudevents+json.',
      );
      const { rejected, ...receipt } = await logActivities(portions, { ...options, explanations });
      const asSent = rejected.map(({ index, violations }) => ({
        index,
        violations: violations.map((violation) => places[index]?.(violation) ?? violation),
      }));
      return reply.code(202).send(receiptJson({ ...receipt, rejected: asSent }));
    }
    if (body.length > maxItemBytes) throw tooLarge(maxItemBytes);
    const isStructured = mode === `${cloudEvents}+json`;
    if (!isStructured && mode.startsWith(cloudEvents))
      throw new Problem(
        415,
        `Events come as ${cloudEvents}+json, ${cloudEvents}-batch+json or in binary mode.`,
      );
    const event = isStructured ? jsonBody(utf8Body(contentType, body)) : binaryEvent(request.raw, body);
    if (Array.isArray(event)) throw manyEvents();
    const id = await log(eventDraft(event, maxMetadataBytes), logActivity);
    return reply
      .code(202)
      .header('location', `/api/logs/${encodeURIComponent(id)}`)
      .send({ id });
  });
  done();
};

const manyEvents = (): Problem =>
  new Problem(422, `The body must be one event. An array of them is ${cloudEvents}-batch+json.`, {
    errors: [{ path: '', message: 'must be a JSON object' }],
  });

/** An event that is known to be faulty before it is read. */
const asItIs = (draft: FaultyDraft): EventDraft => ({ draft, asSent: (violation) => violation });

async function log({ draft, asSent }: EventDraft, logActivity: LogActivity): Promise<ActivityId> {
  if (draft instanceof FaultyDraft) throw broken(draft.violations);
  try {
    return await logActivity(draft);
  } catch (error) {
    throw isDomainError(error, 'INVALID_ACTIVITY') ? broken(error.violations.map(asSent)) : error;
  }
}

const broken = (violations: readonly Violation[]): DomainError =>
  new DomainError('INVALID_ACTIVITY', 'The event breaks a rule.', { violations });
