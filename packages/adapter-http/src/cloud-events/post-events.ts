import { FaultyDraft } from '@user-activity/application';
import { type ActivityId, ExplanationBudget, isDomainError, type Violation } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import {
  batchParametersSchema,
  batchReceiptSchema,
  readBatchOptions,
  draftsOf,
  refuseIdempotencyKey,
  toReceiptJson,
} from '../bodies/batch-receipt.ts';
import { parseBinaryEvent } from './binary-event.ts';
import { eventMediaTypes } from './media-type.ts';
import { type EventDraft, draftFromEvent } from './event-draft.ts';
import { eventHeadersSchema, eventBodySchemas } from './schemas.ts';
import { bodyTooLarge, maxItemBytes } from '../requests/input-limits.ts';
import { readJsonBody, utf8Body } from '../bodies/json-body.ts';
import { cloudEventsPrefix, essenceOf } from '../requests/media-types.ts';
import { locationHeaderSchema } from '../openapi/outcome-json.ts';
import { Problem, rulesBroken } from '../requests/problem.ts';
import { countedItems } from '../requests/request-usage.ts';
import type { Route } from '../requests/route.ts';
import { problemResponses } from '../openapi/schemas.ts';
import { parseBodies } from '../bodies/whole-body.ts';

const schema = {
  operationId: 'logEvents',
  tags: ['activities'],
  summary: 'Log CloudEvents',
  description:
    'CloudEvents 1.0 in its HTTP protocol binding: binary (attributes as `ce-` headers), structured or batched. `subject` becomes the ' +
    'user, `type` the type, and `time` createdAt. `source` and `id` together identify the activity, so an event that is sent again is ' +
    'stored once. Data that is an object becomes the metadata; the other attributes are in `metadata.cloudevent`. The response to a batch is that ' +
    'of `POST /api/logs/batch`.',
  headers: eventHeadersSchema,
  querystring: batchParametersSchema,
  body: eventBodySchemas,
  response: {
    202: Type.Union(
      [
        Type.Object(
          { id: Type.String() },
          {
            'x-component': 'EventReceipt',
            description: 'The response to one event.',
            examples: [{ id: 'ce_47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU' }],
          },
        ),
        batchReceiptSchema,
      ],
      {
        description: 'The log holds the events. `Location` is the path of a single event.',
        headers: locationHeaderSchema,
      },
    ),
    ...problemResponses(400, 401, 403, 413, 415, 422, 503),
  },
};

export const postEvents: Route<'logActivity' | 'logActivities' | 'maxBatchSize' | 'maxMetadataBytes'> = (
  app,
  { logActivity, logActivities, maxBatchSize, maxMetadataBytes },
) => {
  app.removeAllContentTypeParsers();
  parseBodies(app, '*', (_request, body) => body);
  const config = { scope: 'write', optionalBody: true, mediaTypes: eventMediaTypes } as const;
  app.post('/api/events', { schema, config }, async (request, reply) => {
    const options = readBatchOptions(request);
    refuseIdempotencyKey(request, 'An event is identified by its source and id: leave out the header.');
    const contentType = request.headers['content-type'] ?? '';
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const essence = essenceOf(contentType);
    if (essence === `${cloudEventsPrefix}-batch+json`) {
      const json = utf8Body(contentType, body);
      const explanations = new ExplanationBudget();
      const restorers: EventDraft['restorePath'][] = [];
      const portions = draftsOf(
        { body: json, byteCounter: request.byteCounter },
        maxBatchSize,
        (event) => {
          const item = draftFromEvent(event, maxMetadataBytes, explanations.collector());
          restorers.push(item.restorePath);
          return item.draft;
        },
        'The body must be a JSON array. Send one event as application/cloudevents+json.',
      );
      const { rejected, ...receipt } = await logActivities(request.sender, countedItems(request, portions), {
        ...options,
        explanations,
      });
      const rejectedAsSent = rejected.map(({ index, violations }) => ({
        index,
        violations: violations.map((violation) => restorers[index]?.(violation) ?? violation),
      }));
      return reply.code(202).send(toReceiptJson({ ...receipt, rejected: rejectedAsSent }));
    }
    if (body.length > maxItemBytes) throw bodyTooLarge(maxItemBytes);
    const isStructured = essence === `${cloudEventsPrefix}+json`;
    if (!isStructured && essence.startsWith(cloudEventsPrefix))
      throw new Problem(
        415,
        `Send events as ${cloudEventsPrefix}+json, as ${cloudEventsPrefix}-batch+json, or in binary mode.`,
      );
    const event = isStructured
      ? readJsonBody(utf8Body(contentType, body))
      : parseBinaryEvent(request.raw, body);
    if (Array.isArray(event))
      throw rulesBroken(
        `The body must be one event. Send an array of events as ${cloudEventsPrefix}-batch+json.`,
        [{ path: '', message: 'must be a JSON object' }],
      );
    request.usage?.countItems(1);
    const id = await logEvent(draftFromEvent(event, maxMetadataBytes), (draft) =>
      logActivity(request.sender, draft),
    );
    reply.header('location', `/api/logs/${encodeURIComponent(id)}`);
    return reply.code(202).send({ id });
  });
};

async function logEvent(
  { draft, restorePath }: EventDraft,
  logDraft: (draft: unknown) => Promise<ActivityId>,
): Promise<ActivityId> {
  if (draft instanceof FaultyDraft) throw eventBroken(draft.violations);
  try {
    return await logDraft(draft);
  } catch (error) {
    throw isDomainError(error, 'INVALID_ACTIVITY') ? eventBroken(error.violations.map(restorePath)) : error;
  }
}

const eventBroken = (violations: readonly Violation[]): Problem =>
  rulesBroken('The event breaks a rule.', violations);
